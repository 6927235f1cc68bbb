package labelstudiotest

import (
	"slices"
	"strings"
)

// livePATs are the personal access tokens of a user that are not revoked.
func (s *Server) livePATs(u *user) []string {
	return slices.DeleteFunc(slices.Clone(u.pats), func(token string) bool {
		claims, _ := claimsOf(token)
		return s.state.revoked[claims.text("jti")]
	})
}

func createToken(s *Server, c *call) (*answer, error) {
	if len(s.livePATs(c.user)) > 0 {
		return nil, fail(409, "You already have a valid token. Please revoke it before creating a new one.")
	}
	return asJSON(201, object{{"token", s.newPAT(c.user)}}), nil
}

// listTokens shows the tokens without their signatures.
func listTokens(s *Server, c *call) (*answer, error) {
	list := []object{}
	for _, token := range s.livePATs(c.user) {
		list = append(list, object{{"token", token[:strings.LastIndexByte(token, '.')]}})
	}
	return asJSON(200, list), nil
}

// refreshOf reads the token that a body has.
func (c *call) refreshOf() (string, error) {
	body, err := c.object()
	if err != nil {
		return "", err
	}
	values, err := readFields([]field{{name: "refresh", required: true}}, body)
	return values.text("refresh"), err
}

func refreshToken(s *Server, c *call) (*answer, error) {
	token, err := c.refreshOf()
	if err != nil {
		return nil, err
	}
	claims, valid := s.verify(token)
	switch {
	case !valid || !s.alive(claims):
		return nil, fail(401, "Token is invalid")
	case claims.text("token_type") != "refresh":
		return nil, fail(401, "Token has wrong type")
	case s.state.revoked[claims.text("jti")]:
		return nil, fail(401, "Token is blacklisted")
	}
	u := s.owner(claims)
	if u == nil {
		return nil, fail(500, "User matching query does not exist.")
	}
	access, _ := s.sign("access", u, s.options.lifetime)
	return asJSON(200, object{{"access", access}}), nil
}

func rotateToken(s *Server, c *call) (*answer, error) {
	token, err := c.refreshOf()
	if err != nil {
		return nil, err
	}
	claims, valid := s.verify(token)
	id := claims.text("jti")
	if !valid || !s.alive(claims) || claims.text("token_type") != "refresh" || s.state.revoked[id] {
		return nil, invalid(nonField, "Invalid refresh token")
	}
	s.state.revoked[id] = true
	return asJSON(200, object{{"refresh", s.newPAT(c.user)}}), nil
}

// revokeToken takes a token without its signature as well, and even an access
// token, which goes on being accepted.
func revokeToken(s *Server, c *call) (*answer, error) {
	token, err := c.refreshOf()
	if err != nil {
		return nil, err
	}
	gone := &failure{status: 404, bare: object{{"detail", "Token is invalid or already blacklisted."}}}
	claims, ok := claimsOf(token)
	if !ok {
		return nil, gone
	}
	id := claims.text("jti")
	if id == "" {
		return nil, fail(500, "'jti'")
	}
	if s.state.revoked[id] || s.owner(claims) == nil {
		return nil, gone
	}
	s.state.revoked[id] = true
	return asJSON(204, noBody), nil
}

func jwtSettings(s *Server, _ *call) (*answer, error) {
	return asJSON(200, object{{"api_tokens_enabled", !s.state.tokensOff}, {"legacy_api_tokens_enabled", !s.state.legacyOff}}), nil
}

func updateJWTSettings(s *Server, c *call) (*answer, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	fields := []field{{name: "api_tokens_enabled", kind: boolean}, {name: "legacy_api_tokens_enabled", kind: boolean}}
	values, err := readFields(fields, body)
	if err != nil {
		return nil, err
	}
	if values.has("api_tokens_enabled") {
		s.state.tokensOff = !values.flag("api_tokens_enabled")
	}
	if values.has("legacy_api_tokens_enabled") {
		s.state.legacyOff = !values.flag("legacy_api_tokens_enabled")
	}
	return jwtSettings(s, c)
}
