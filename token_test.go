package labelstudio

import (
	"errors"
	"strings"
	"testing"
)

func TestDetectToken(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, token string
		kind        string // or, where it is refused,
		want        string
	}{
		{"legacy", testLegacy, "legacy token", ""},
		{"legacy that an operator chose", "token12345", "legacy token", ""},
		{"personal access token", testPAT, "personal access token", ""},
		{"access token", makeAccess(1, 300), "", "is an access token, which lives a few minutes only: give the personal access token"},
		{"another JWT", makeJWT(map[string]any{"token_type": "sliding"}), "", `of the type "sliding"`},
		{"JWT without type", makeJWT(map[string]any{"sub": "1"}), "", `of the type ""`},
		{"as listed", strings.Join(strings.Split(testPAT, ".")[:2], "."), "", "has no signature"},
		{"cut", testPAT[:len(testPAT)-1] + "!", "", "is no personal access token"},
		{"dots", "my.own.legacy.key", "", "a legacy token goes into WithLegacyToken"},
		{"empty", "", "", "is empty"},
		{"line break", testLegacy + "\n", "", "has a line break, perhaps from the end of a file"},
		{"two lines", testLegacy + "\r\n" + testLegacy, "", "has a line break"},
		{"space", " " + testLegacy, "", "has a space or a tab"},
		{"scheme", "Token " + testLegacy, "", "begins with its scheme"},
		{"other scheme", "Bearer " + testPAT, "", "begins with its scheme"},
		{"other characters", testLegacy + "é", "", "characters that no token has"},
		{"control character", testLegacy + "\x00", "", "characters that no token has"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cred, err := detectToken(tt.token)
			if tt.want == "" {
				if err != nil || cred.kind() != tt.kind {
					t.Errorf("%v, %v", cred, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
			if tt.token != "" {
				checkNoSecret(t, "the error", err.Error(), tt.token)
			}
			if is := errors.Is(err, ErrAccessToken); is != (tt.name == "access token") {
				t.Errorf("ErrAccessToken: %v", is)
			}
		})
	}
}

func TestForcedTokens(t *testing.T) {
	t.Parallel()
	header := func(opt Option) (string, error) {
		var cfg config
		if err := opt(&cfg); err != nil {
			return "", err
		}
		return cfg.credential.kind(), nil
	}
	if kind, err := header(WithLegacyToken("my.own.legacy.key")); kind != "legacy token" {
		t.Errorf("%s, %v", kind, err)
	}
	if kind, err := header(WithLegacyToken("two words")); err == nil {
		t.Errorf("taken as a %s", kind)
	}
	if kind, err := header(WithPersonalAccessToken(testPAT)); kind != "personal access token" {
		t.Errorf("%s, %v", kind, err)
	}
	for _, token := range []string{testLegacy, "", makeAccess(1, 300)} {
		if kind, err := header(WithPersonalAccessToken(token)); err == nil {
			t.Errorf("%s was taken as a %s", token, kind)
		}
	}
}
