package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// PAT returns a Personal Access Token of the administrator. The first call creates it, which the server allows only
// once and only while legacy tokens are turned on; [Start] with legacy tokens turned off has done so.
func (s *Server) PAT(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pat != "" {
		return s.pat, nil
	}
	var answer struct {
		Token string `json:"token"`
	}
	if err := s.post(ctx, "/api/token/", struct{}{}, &answer); err != nil {
		return "", fmt.Errorf("creating a Personal Access Token: %w", err)
	}
	s.pat = answer.Token
	return s.pat, nil
}

// DisableLegacyTokens turns legacy tokens off for the organization. It makes sure first that PAT has a token to return,
// since nothing else gets in afterwards.
func (s *Server) DisableLegacyTokens(ctx context.Context) error {
	if _, err := s.PAT(ctx); err != nil {
		return err
	}
	settings := map[string]bool{"api_tokens_enabled": true, "legacy_api_tokens_enabled": false}
	if err := s.post(ctx, "/api/jwt/settings", settings, nil); err != nil {
		return fmt.Errorf("turning legacy tokens off: %w", err)
	}
	return nil
}

// post sends one request as the administrator, authorized by the legacy token, and decodes the answer unless it is nil.
func (s *Server) post(ctx context.Context, path string, body, answer any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Token "+LegacyToken)
	response, err := direct.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	content, err = io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("POST %s: %s: %.300s", path, response.Status, content)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(content, answer)
}
