package e2e

import (
	"strings"
	"testing"

	"github.com/labelstudio-go/labelstudio"
)

func TestTokenLifecycle(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client, anonymous := newUser(t).client(t), newClient(t, withLegacy)

	list, err := client.Tokens.List(ctx)
	ok(t, err)
	if len(list) != 0 {
		t.Errorf("a new user has %d tokens", len(list))
	}
	_, err = anonymous.Tokens.List(ctx)
	wantError(t, err, labelstudio.ErrUnauthorized)
	made, err := client.Tokens.Create(ctx)
	ok(t, err)
	_, err = client.Tokens.Create(ctx)
	wantError(t, err, labelstudio.ErrConflict)
	list, err = client.Tokens.List(ctx)
	ok(t, err)
	if len(list) != 1 || !strings.HasPrefix(made.Token, list[0].Token+".") {
		t.Errorf("the list does not have the token without its signature")
	}

	_, err = anonymous.Tokens.Refresh(ctx, labelstudio.TokenRefreshRequest{Refresh: made.Token})
	ok(t, err)
	rotated, err := client.Tokens.Rotate(ctx, labelstudio.TokenRotateRequest{Refresh: made.Token})
	ok(t, err)
	_, err = anonymous.Tokens.Refresh(ctx, labelstudio.TokenRefreshRequest{Refresh: made.Token})
	wantError(t, err, labelstudio.ErrTokenRevoked, labelstudio.ErrUnauthorized)
	_, err = client.Tokens.Rotate(ctx, labelstudio.TokenRotateRequest{Refresh: made.Token})
	wantError(t, err, labelstudio.ErrValidation)

	list, err = client.Tokens.List(ctx)
	ok(t, err)
	if len(list) != 1 {
		t.Fatalf("%d tokens after the rotation, want 1", len(list))
	}
	// As the list shows it, without its signature, a token can be revoked.
	revoke := labelstudio.TokenRevokeRequest{Refresh: list[0].Token}
	ok(t, anonymous.Tokens.Revoke(ctx, revoke))
	wantError(t, anonymous.Tokens.Revoke(ctx, revoke), labelstudio.ErrNotFound)
	_, err = anonymous.Tokens.Refresh(ctx, labelstudio.TokenRefreshRequest{Refresh: rotated.Refresh})
	wantError(t, err, labelstudio.ErrTokenRevoked)
}

func TestRevokeWholeToken(t *testing.T) {
	t.Parallel()
	client := newUser(t).client(t)
	made, err := client.Tokens.Create(t.Context())
	ok(t, err)
	ok(t, client.Tokens.Revoke(t.Context(), labelstudio.TokenRevokeRequest{Refresh: made.Token}))
	_, err = client.Tokens.Create(t.Context())
	ok(t, err) // as there is none any more
}

func TestTokensThatAreNone(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	anonymous, client := newClient(t, withLegacy), admin(t)
	tests := []struct {
		name, token             string
		refresh, rotate, revoke error
	}{
		{"empty", "", labelstudio.ErrValidation, labelstudio.ErrValidation, labelstudio.ErrValidation},
		{"garbage", "garbage", labelstudio.ErrInvalidToken, labelstudio.ErrValidation, labelstudio.ErrNotFound},
		{"without an id", "e30.e30", labelstudio.ErrInvalidToken, labelstudio.ErrValidation, labelstudio.ErrServer},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := anonymous.Tokens.Refresh(ctx, labelstudio.TokenRefreshRequest{Refresh: test.token})
			wantError(t, err, test.refresh)
			_, err = client.Tokens.Rotate(ctx, labelstudio.TokenRotateRequest{Refresh: test.token})
			wantError(t, err, test.rotate)
			wantError(t, anonymous.Tokens.Revoke(ctx, labelstudio.TokenRevokeRequest{Refresh: test.token}), test.revoke)
		})
	}
}

// The server revokes an access token as well, though it goes on accepting it.
func TestAccessTokenAsToken(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client, anonymous := admin(t), newClient(t, withLegacy)
	access := accessToken(t, withLegacy, pat(t, withLegacy))
	_, err := anonymous.Tokens.Refresh(ctx, labelstudio.TokenRefreshRequest{Refresh: access})
	wantError(t, err, labelstudio.ErrAccessToken, labelstudio.ErrUnauthorized)
	_, err = client.Tokens.Rotate(ctx, labelstudio.TokenRotateRequest{Refresh: access})
	wantError(t, err, labelstudio.ErrValidation)
	ok(t, anonymous.Tokens.Revoke(ctx, labelstudio.TokenRevokeRequest{Refresh: access}))
	_, err = newClient(t, withLegacy, sendAs("Bearer "+access)).Tokens.List(ctx)
	ok(t, err)
}
