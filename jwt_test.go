package labelstudio

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

func TestParseJWT(t *testing.T) {
	t.Parallel()
	raw := func(header, payload string) string {
		e := base64.RawURLEncoding.EncodeToString
		return e([]byte(header)) + "." + e([]byte(payload)) + "." + e([]byte("signature"))
	}
	tests := []struct {
		name  string
		token string
		want  jwtClaims
		ok    bool
	}{
		{"access token", makeAccess(1, 300), jwtClaims{"access", 300 * time.Second}, true},
		{"personal access token", testPAT, jwtClaims{"refresh", maxLifetime}, true},
		{"fraction", raw(`{}`, `{"exp":10.5,"iat":10}`), jwtClaims{"", 500 * time.Millisecond}, true},
		{"no exp", raw(`{}`, `{"token_type":"access","iat":10}`), jwtClaims{"access", 0}, true},
		{"no iat", raw(`{}`, `{"token_type":"access","exp":10}`), jwtClaims{"access", 0}, true},
		{"text as time", raw(`{}`, `{"exp":"20","iat":"10"}`), jwtClaims{}, true},
		{"end before beginning", raw(`{}`, `{"exp":10,"iat":20}`), jwtClaims{}, true},
		{"no end in sight", raw(`{}`, `{"exp":1e300,"iat":0}`), jwtClaims{"", maxLifetime}, true},
		{"type that is no text", raw(`{}`, `{"token_type":7}`), jwtClaims{}, true},
		{"no payload", raw(`{}`, ``), jwtClaims{}, false},
		{"null", raw(`{}`, `null`), jwtClaims{}, false},
		{"list", raw(`{}`, `[]`), jwtClaims{}, false},
		{"number too large", raw(`{}`, `{"exp":1e999}`), jwtClaims{}, false},
		{"header that is no object", raw(`7`, `{}`), jwtClaims{}, false},
		{"two parts", strings.Join(strings.Split(testPAT, ".")[:2], "."), jwtClaims{}, false},
		{"four parts", testPAT + ".x", jwtClaims{}, false},
		{"padding", "e30=.e30=.e30=", jwtClaims{}, false},
		{"no base64", "a!.b!.c!", jwtClaims{}, false},
		{"legacy token", testLegacy, jwtClaims{}, false},
		{"empty", "", jwtClaims{}, false},
		{"dots", "..", jwtClaims{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := parseJWT(tt.token)
			if got != tt.want || ok != tt.ok {
				t.Errorf("%+v %v, want %+v %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func FuzzJWT(f *testing.F) {
	for _, seed := range []string{testPAT, makeAccess(1, 300), testLegacy, "", "..", "e30.e30.e30", "e30.bnVsbA.e30"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		claims, ok := parseJWT(token)
		if !ok && claims != (jwtClaims{}) {
			t.Errorf("claims %+v of what is no token", claims)
		}
		if claims.Lifetime < 0 || claims.Lifetime > maxLifetime {
			t.Errorf("lifetime %s", claims.Lifetime)
		}
		cred, err := detectToken(token)
		switch {
		case err != nil && len(token) > 20 && strings.Contains(err.Error(), token):
			t.Errorf("the error echoes the token: %v", err)
		case err == nil && cred.secrets()[0] != token:
			t.Errorf("the token became %q", cred.secrets())
		case err == nil && strings.ContainsAny(token, " \r\n\t\x00"):
			t.Error("a token with white space was taken")
		}
	})
}
