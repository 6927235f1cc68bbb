package wire

type Option struct{}

func Renamedafter() {}
