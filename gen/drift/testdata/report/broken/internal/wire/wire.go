package wire

type Option struct{}

func Renamedbroken() {}
