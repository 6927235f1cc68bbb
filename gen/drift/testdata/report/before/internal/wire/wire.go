package wire

type Option struct{}

func Renamedbefore() {}
