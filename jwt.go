package labelstudio

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// maxLifetime bounds what an access token says about its own lifetime.
const maxLifetime = 24 * time.Hour

// jwtClaims is what the client reads of a token. It doesn't verify tokens: that
// is the server's part.
type jwtClaims struct {
	TokenType string
	Lifetime  time.Duration // zero if the token doesn't tell
}

// parseJWT reads a token of three parts. It reports false for anything else.
func parseJWT(token string) (jwtClaims, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return jwtClaims{}, false
	}
	decoded := make([][]byte, len(parts))
	for i, part := range parts {
		b, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || len(b) == 0 {
			return jwtClaims{}, false
		}
		decoded[i] = b
	}
	var header, payload map[string]any
	if json.Unmarshal(decoded[0], &header) != nil || json.Unmarshal(decoded[1], &payload) != nil ||
		header == nil || payload == nil {
		return jwtClaims{}, false
	}
	var claims jwtClaims
	claims.TokenType, _ = payload["token_type"].(string)
	exp, hasExp := payload["exp"].(float64)
	iat, hasIat := payload["iat"].(float64)
	if hasExp && hasIat && exp > iat {
		seconds := min(exp-iat, maxLifetime.Seconds())
		claims.Lifetime = time.Duration(seconds * float64(time.Second))
	}
	return claims, true
}
