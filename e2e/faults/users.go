package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
)

// usersEach is how many calls that change tokens may be under way on a server.
const usersEach = 4

// user is one whose personal access tokens come and go. Its legacy token stays.
type user struct {
	legacy string
	direct *labelstudio.Client
}

// signUpAll makes the users of a world.
func (w *world) signUpAll(ctx context.Context) error {
	w.users = make(chan *user, usersEach)
	for range usersEach {
		u, err := w.signUp(ctx)
		if err != nil {
			return fmt.Errorf("signing up: %w", err)
		}
		w.users <- u
	}
	return nil
}

var csrfField = regexp.MustCompile(`name="csrfmiddlewaretoken" value="([^"]+)"`)

// signUp goes by the web form, as there is no other way.
func (w *world) signUp(ctx context.Context) (*user, error) {
	var invite struct {
		URL string `json:"invite_url"`
	}
	if err := w.direct.Do(ctx, http.MethodGet, "/api/invite", nil, nil, &invite); err != nil {
		return nil, err
	}
	at, err := url.Parse(invite.URL)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	browser := &http.Client{Jar: jar, Transport: w.upstream}
	address := w.server.URL + at.RequestURI()
	page, err := visit(ctx, browser, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	field := csrfField.FindSubmatch(page)
	if field == nil {
		return nil, errors.New("the page has no form")
	}
	form := url.Values{
		"csrfmiddlewaretoken": {string(field[1])}, "email": {strings.ToLower(rand.Text()) + "@example.com"},
		"password": {server.Password}, "how_find_us": {""}, "elaborate": {""},
	}
	if _, err := visit(ctx, browser, http.MethodPost, address, form); err != nil {
		return nil, err
	}
	answer, err := visit(ctx, browser, http.MethodGet, w.server.URL+"/api/current-user/token", nil)
	if err != nil {
		return nil, err
	}
	var token struct{ Token string }
	if err := json.Unmarshal(answer, &token); err != nil {
		return nil, err
	}
	direct, err := w.client(token.Token)
	return &user{token.Token, direct}, err
}

func visit(ctx context.Context, browser *http.Client, method, address string, form url.Values) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Referer", address)
	res, err := browser.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s", method, address, res.Status)
	}
	return body, nil
}

// freshToken gives the user a personal access token that has not been used, and
// no other.
func (u *user) freshToken(ctx context.Context) (string, error) {
	if err := u.revokeAll(ctx); err != nil {
		return "", err
	}
	made, err := u.direct.Tokens.Create(ctx)
	if err != nil {
		return "", err
	}
	return made.Token, nil
}

func (u *user) revokeAll(ctx context.Context) error {
	tokens, err := u.direct.Tokens.List(ctx)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if err := u.direct.Tokens.Revoke(ctx, labelstudio.TokenRevokeRequest{Refresh: t.Token}); err != nil {
			return err
		}
	}
	return nil
}
