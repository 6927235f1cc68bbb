package labelstudiotest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

const notProvided = "Authentication credentials were not provided."

// authenticate finds out who asks. Who needs no login may still not come with a
// wrong legacy token, except where tokens are exchanged.
func (s *Server) authenticate(c *call, op operation, expired bool) error {
	if op.name != "Server.Version" && !c.accepts("application/json") {
		return fail(406, "Could not satisfy the request Accept header.")
	}
	if format := c.Query.Get("format"); op.name != "Server.Version" && format != "" && format != "json" {
		return fail(404, "Not found.")
	}
	if op.open && op.name != "Projects.ValidateLabelConfig" {
		return nil
	}
	header := c.Header.Get("Authorization")
	if _, given := c.Header["X-Api-Key"]; given {
		header = "Token " + c.Header.Get("X-Api-Key")
	}
	parts := strings.Fields(header)
	switch {
	case len(parts) == 0:
	case strings.EqualFold(parts[0], "Token"):
		if err := s.byLegacyToken(c, parts[1:]); err != nil {
			return err
		}
	case parts[0] == "Bearer" && len(parts) == 2 && !expired && !s.state.tokensOff:
		if claims, valid := s.verify(parts[1]); valid && claims.text("token_type") == "access" && s.alive(claims) {
			c.user, c.bearer = s.owner(claims), true
		}
	}
	if c.user == nil && !op.open {
		return fail(401, notProvided)
	}
	return nil
}

func (s *Server) byLegacyToken(c *call, tokens []string) error {
	switch len(tokens) {
	case 0:
		return fail(401, "Invalid token header. No credentials provided.")
	case 1:
	default:
		return fail(401, "Invalid token header. Token string should not contain spaces.")
	}
	for u := range s.state.users.all() {
		if u.legacyToken == tokens[0] {
			c.user = u
		}
	}
	switch {
	case c.user == nil:
		return fail(401, "Invalid token.")
	case s.state.legacyOff && c.user.organization:
		return fail(401, "Authentication token no longer valid: legacy token authentication has been disabled for this organization")
	}
	return nil
}

var base64URL = base64.RawURLEncoding

// sign makes a token of a user.
func (s *Server) sign(kind string, u *user, lifetime time.Duration) (token, id string) {
	now := s.options.now()
	id = randomHex(16)
	claims := object{
		{"token_type", kind}, {"exp", now.Add(lifetime).Unix()}, {"iat", now.Unix()}, {"jti", id},
		{"user_id", strconv.FormatInt(u.id, 10)},
	}
	body := base64URL.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64URL.EncodeToString(encode(claims, compact))
	return body + "." + s.signature(body), id
}

func (s *Server) signature(body string) string {
	mac := hmac.New(sha256.New, s.state.key)
	mac.Write([]byte(body))
	return base64URL.EncodeToString(mac.Sum(nil))
}

// verify reads the claims of a token that this server has signed.
func (s *Server) verify(token string) (claims object, valid bool) {
	at := strings.LastIndexByte(token, '.')
	if at < 0 || !hmac.Equal([]byte(token[at+1:]), []byte(s.signature(token[:at]))) {
		return nil, false
	}
	return claimsOf(token)
}

// claimsOf reads the claims of a token, whoever has signed it.
func claimsOf(token string) (claims object, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) < 2 {
		return nil, false
	}
	text, err := base64URL.DecodeString(parts[1])
	if err != nil {
		return nil, false
	}
	value, err := decode(text)
	if err != nil {
		return nil, false
	}
	claims, ok = value.(object)
	return claims, ok
}

func (s *Server) alive(claims object) bool {
	expiry, ok := claims.integer("exp")
	return ok && s.options.now().Unix() < expiry
}

func (s *Server) owner(claims object) *user {
	id, _ := strconv.ParseInt(claims.text("user_id"), 10, 64) // nobody is 0
	return s.state.users.get(id)
}

const patLifetime = 200 * 365 * 24 * time.Hour

func (s *Server) newPAT(u *user) string {
	token, id := s.sign("refresh", u, patLifetime)
	s.state.pats[id] = u.id
	u.pats = append(u.pats, token)
	return token
}
