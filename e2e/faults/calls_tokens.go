package main

import (
	"context"

	"github.com/labelstudio-go/labelstudio"
)

func tokenCalls() []*call {
	const group = "tokens"
	type body func(ctx context.Context, c *labelstudio.Client, token string) (any, error)
	// changing is a call that gets a fresh token, and leaves another state behind.
	changing := func(name string, do body, ready func(context.Context, *user) error, done func(tokens []labelstudio.TruncatedToken, token string) int) *call {
		return write(group, name, withUser(func(ctx context.Context, u *user, t *try) {
			token := t.pat
			t.do = func(ctx context.Context, c *labelstudio.Client) (any, error) { return do(ctx, c, token) }
			if ready != nil {
				t.ready = func(ctx context.Context) error { return ready(ctx, u) }
			}
			t.effect = func(ctx context.Context) (int, error) {
				tokens, err := u.direct.Tokens.List(ctx)
				return done(tokens, token), err
			}
		}))
	}
	refresh := func(ctx context.Context, c *labelstudio.Client, token string) (any, error) {
		return c.Tokens.Refresh(ctx, labelstudio.TokenRefreshRequest{Refresh: token})
	}
	list := read(group, "List", func(ctx context.Context, _ *world, c *labelstudio.Client) (any, error) {
		return c.Tokens.List(ctx)
	})
	list.exchanged = true
	return []*call{
		list,
		write(group, "Refresh", withUser(func(_ context.Context, _ *user, t *try) {
			t.do = func(ctx context.Context, c *labelstudio.Client) (any, error) { return refresh(ctx, c, t.pat) }
		})),
		changing("Create",
			func(ctx context.Context, c *labelstudio.Client, _ string) (any, error) { return c.Tokens.Create(ctx) },
			func(ctx context.Context, u *user) error { return u.revokeAll(ctx) },
			func(tokens []labelstudio.TruncatedToken, _ string) int { return len(tokens) },
		),
		changing("Revoke",
			func(ctx context.Context, c *labelstudio.Client, token string) (any, error) {
				return nothing(c.Tokens.Revoke(ctx, labelstudio.TokenRevokeRequest{Refresh: token}))
			}, nil,
			func(tokens []labelstudio.TruncatedToken, _ string) int { return 1 - len(tokens) },
		),
		changing("Rotate",
			func(ctx context.Context, c *labelstudio.Client, token string) (any, error) {
				return c.Tokens.Rotate(ctx, labelstudio.TokenRotateRequest{Refresh: token})
			}, nil,
			func(tokens []labelstudio.TruncatedToken, token string) int {
				replaced := 0
				for _, t := range tokens {
					if !has(token, t.Token) {
						replaced++
					}
				}
				return replaced
			},
		),
	}
}

// has reports whether a token is the one that a list shows without its signature.
func has(token, listed string) bool { return len(token) > len(listed) && token[:len(listed)] == listed }

// withUser begins a try with a user whose tokens nobody else changes, and who has
// one that is fresh.
func withUser(set func(ctx context.Context, u *user, t *try)) func(context.Context, *world) (*try, error) {
	return func(ctx context.Context, w *world) (*try, error) {
		var u *user
		select {
		case u = <-w.users:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		token, err := u.freshToken(ctx)
		if err != nil {
			w.users <- u
			return nil, err
		}
		t := &try{legacy: u.legacy, pat: token, end: func(context.Context) error {
			w.users <- u
			return nil
		}}
		set(ctx, u, t)
		return t, nil
	}
}
