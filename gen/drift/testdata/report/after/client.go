package client

import "example.com/client/generated"

type (
	Thing = generated.Thing
	New   = generated.New
)

type Client struct{ generated.ThingsService }

func Describe(t Thing) string { return "" }
