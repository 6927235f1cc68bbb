package labelstudio

//go:generate go run ./gen generate
