package labelstudio

import (
	"errors"
	"fmt"
	"strings"
)

// A patToken stands in a config for the credential that exchanges it.
type patToken string

// detectToken tells the kinds of tokens apart. Legacy tokens are 40 hex digits
// unless the operator of the server chose something else; what sets a personal
// access token apart is that it is a JWT.
func detectToken(token string) (credential, error) {
	if err := checkTokenText(token); err != nil {
		return nil, err
	}
	if !strings.Contains(token, ".") {
		return newLegacyToken(token), nil
	}
	return personalAccessToken(token)
}

func personalAccessToken(token string) (credential, error) {
	if err := checkTokenText(token); err != nil {
		return nil, err
	}
	claims, ok := parseJWT(token)
	switch {
	case !ok && strings.Count(token, ".") == 1:
		return nil, errors.New("the token has no signature, as in the list of tokens: copy the whole token when it is created")
	case !ok:
		return nil, errors.New("the token is no personal access token: it must be three parts separated by dots; a legacy token goes into WithLegacyToken")
	case claims.TokenType == "access":
		return nil, textError{"the token is an access token, which lives a few minutes only: give the personal access token that it was made from", ErrAccessToken}
	case claims.TokenType != "refresh":
		return nil, fmt.Errorf("the token is a JWT of the type %.20q, not a personal access token: create one on the account page", claims.TokenType)
	}
	return patToken(token), nil
}

// checkTokenText refuses what can't be part of a token, without echoing it.
func checkTokenText(token string) error {
	switch {
	case token == "":
		return errors.New("the token is empty: give a personal access token or a legacy token from the account page, or leave the option out for anonymous requests")
	case strings.HasPrefix(token, "Token ") || strings.HasPrefix(token, "Bearer "):
		return errors.New("the token begins with its scheme: give the token alone, without Token or Bearer")
	case strings.ContainsAny(token, "\r\n"):
		return errors.New("the token has a line break, perhaps from the end of a file: remove it, for instance with strings.TrimSpace")
	case strings.ContainsFunc(token, func(r rune) bool { return r == ' ' || r == '\t' }):
		return errors.New("the token has a space or a tab: remove it, for instance with strings.TrimSpace")
	case strings.ContainsFunc(token, notPrintableASCII):
		return errors.New("the token has characters that no token has: copy it again from the account page")
	}
	return nil
}
