package client

import "example.com/client/generated"

type (
	Thing = generated.Thing
	Old   = generated.Old
)

type Client struct{ generated.ThingsService }

func Describe(t Thing) string { return t.Set }
