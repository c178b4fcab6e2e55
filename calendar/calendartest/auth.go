package calendartest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// caller is who asks, as far as it was established.
type caller struct {
	anyone bool   // nothing is checked
	email  string // a service account; empty: an API key
}

func (c caller) mayRead(cal *Calendar) bool {
	return c.anyone || cal.Public || c.email != "" && slices.Contains(cal.SharedWith, c.email)
}

// token is an access token that was issued.
type token struct {
	email  string
	scopes []string
}

// RequireKey makes the server refuse requests without this API key or a service account's token,
// and enforces which calendars are public and which are shared. Without it and without a service
// account, everybody reads everything.
func (s *Server) RequireKey(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key = key
}

// ServiceAccount registers a service account and returns its key file, as Google's console hands
// them out. Its token_uri is this server's, which must have been started. Access is checked from
// then on.
func (s *Server) ServiceAccount(email string) (keyFile []byte, err error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("calendartest: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("calendartest: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[email] = &private.PublicKey
	return json.Marshal(map[string]string{
		"type":           "service_account",
		"project_id":     "simulated",
		"private_key_id": "1",
		"private_key":    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email":   email,
		"client_id":      "1",
		"auth_uri":       s.URL() + "/auth",
		"token_uri":      s.URL() + "/token",
	})
}

// RevokeKeys makes Google know no service account any more, as when its key is deleted. Tokens that
// were issued end too.
func (s *Server) RevokeKeys() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for email := range s.accounts {
		s.accounts[email] = nil
	}
	clear(s.tokens)
}

// caller establishes who asks, or says why the request is refused.
func (s *Server) caller(r *http.Request) (caller, *Error) {
	if s.key == "" && len(s.accounts) == 0 {
		return caller{anyone: true}, nil
	}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		t, known := s.tokens[bearer]
		if !known {
			return refuse(InvalidCredentials())
		}
		if !slices.ContainsFunc(t.scopes, permitsList) {
			return refuse(InsufficientScope())
		}
		return caller{email: t.email}, nil
	}
	switch key := r.URL.Query().Get("key"); {
	case key == "":
		return refuse(UnregisteredCaller())
	case key != s.key:
		return refuse(InvalidKey())
	}
	return caller{}, nil
}

func refuse(e Error) (caller, *Error) { return caller{}, &e }

// permitsList says whether a scope permits events.list, as its reference lists them.
func permitsList(scope string) bool {
	name, ok := strings.CutPrefix(scope, "https://www.googleapis.com/auth/calendar")
	return ok && slices.Contains([]string{"", ".readonly", ".app.created", ".events", ".events.readonly", ".events.freebusy",
		".events.owned", ".events.owned.readonly", ".events.public.readonly"}, name)
}

// issueToken is the token endpoint: a service account's signed assertion for an access token, as in
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest.
func (s *Server) issueToken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.PostFormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		refuseToken(w, "unsupported_grant_type", "Invalid grant_type: "+r.PostFormValue("grant_type"))
		return
	}
	t, fault := s.verify(r.PostFormValue("assertion"))
	if fault != "" {
		refuseToken(w, "invalid_grant", fault)
		return
	}
	access := "ya29.simulated-" + rand.Text()
	s.tokens[access] = t
	writeJSON(w, http.StatusOK, map[string]any{"access_token": access, "expires_in": 3599, "token_type": "Bearer"})
}

func refuseToken(w http.ResponseWriter, code, description string) {
	writeJSON(w, http.StatusBadRequest, map[string]string{"error": code, "error_description": description})
}

// verify checks an assertion's signature, issuer and audience. It returns what Google says of a
// faulty one.
func (s *Server) verify(assertion string) (t token, fault string) {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return t, "Invalid JWT: Failed to parse."
	}
	claims, err1 := base64.RawURLEncoding.DecodeString(parts[1])
	signature, err2 := base64.RawURLEncoding.DecodeString(parts[2])
	var said struct{ Iss, Aud, Scope string }
	if err1 != nil || err2 != nil || json.Unmarshal(claims, &said) != nil {
		return t, "Invalid JWT: Failed to parse."
	}
	if said.Aud != s.URL()+"/token" {
		return t, "Invalid JWT: Failed audience check."
	}
	public := s.accounts[said.Iss]
	if public == nil {
		return t, "Invalid grant: account not found"
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) != nil {
		return t, "Invalid JWT Signature."
	}
	return token{email: said.Iss, scopes: strings.Fields(said.Scope)}, ""
}
