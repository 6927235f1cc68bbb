package main

import "context"

func update(context.Context, string, string) error { return nil }
