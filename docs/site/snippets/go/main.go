package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"html"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	acr     = "urn:yitong:acr:"
	present = 15 * time.Minute // level 3 is level 2 again after that
)

type asked struct {
	state, nonce, verifier, to string
	wanted                     int
}

type visit struct {
	sub, name string // key your records on sub
	level     int
	until     time.Time
	asked     *asked
}

// In memory, for this quick start. In earnest: a store that all your processes share.
var (
	visits = map[string]*visit{}
	lock   sync.Mutex
)

type portal struct {
	issuer   string
	config   oauth2.Config
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
}

func main() {
	issuer, origin := os.Getenv("ISSUER"), os.Getenv("ORIGIN")
	provider, err := oidc.NewProvider(context.Background(), issuer)
	if err != nil {
		log.Fatal(err)
	}
	p := &portal{issuer, oauth2.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		Endpoint:     provider.Endpoint(),
		RedirectURL:  origin + "/callback",
		Scopes:       []string{oidc.ScopeOpenID, "profile"},
	}, provider, provider.Verifier(&oidc.Config{ClientID: os.Getenv("CLIENT_ID")})}

	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<a href="/me">Sign in</a>`)
	})
	http.HandleFunc("GET /me", p.needs(2, func(w http.ResponseWriter, v *visit) {
		fmt.Fprintf(w, "<h1>%s</h1>", html.EscapeString(v.name))
	}))
	http.HandleFunc("GET /filing", p.needs(3, func(w http.ResponseWriter, v *visit) {
		fmt.Fprint(w, "You are here in person.")
	}))
	http.HandleFunc("GET /callback", p.callback)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

// needs leads to the provider, for this level at least, and back to this page.
func (p *portal) needs(wanted int, page func(http.ResponseWriter, *visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r)
		if v == nil {
			v = begin(w, &visit{})
		}
		level := v.level
		if level > 2 && time.Now().After(v.until) {
			level = 2
		}
		if level >= wanted {
			page(w, v)
			return
		}
		a := &asked{rand.Text(), rand.Text(), oauth2.GenerateVerifier(), r.URL.Path, wanted}
		lock.Lock()
		v.asked = a
		lock.Unlock()
		http.Redirect(w, r, p.config.AuthCodeURL(a.state, oidc.Nonce(a.nonce), oauth2.S256ChallengeOption(a.verifier),
			oauth2.SetAuthURLParam("acr_values", acr+strconv.Itoa(wanted))), http.StatusFound)
	}
}

func (p *portal) callback(w http.ResponseWriter, r *http.Request) {
	v := visitOf(r)
	if v == nil {
		http.Error(w, "Begin again: no sign-in was begun in this browser.", http.StatusBadRequest)
		return
	}
	lock.Lock()
	a := v.asked
	v.asked = nil // once
	lock.Unlock()
	query := r.URL.Query()
	// The state of this browser; and RFC 9207: the answer of this provider.
	if a == nil || query.Get("state") != a.state || query.Get("iss") != p.issuer {
		http.Error(w, "This answer is not to a question of this browser.", http.StatusBadRequest)
		return
	}
	signedIn, err := p.finish(r.Context(), query.Get("code"), a)
	if err != nil {
		http.Error(w, "Not signed in: "+query.Get("error"), http.StatusBadRequest)
		log.Print(err)
		return
	}
	begin(w, signedIn) // a new session id for who has signed in
	http.Redirect(w, r, a.to, http.StatusFound)
}

func (p *portal) finish(ctx context.Context, code string, a *asked) (*visit, error) {
	token, err := p.config.Exchange(ctx, code, oauth2.VerifierOption(a.verifier))
	if err != nil {
		return nil, err
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := p.verifier.Verify(ctx, raw) // signature, iss, aud, exp
	if err != nil {
		return nil, err
	}
	if err := idToken.VerifyAccessToken(token.AccessToken); err != nil { // at_hash
		return nil, err
	}
	var claims struct {
		Acr string `json:"acr"`
	}
	if err := idToken.Claims(&claims); err != nil {
		return nil, err
	}
	level, err := strconv.Atoi(strings.TrimPrefix(claims.Acr, acr))
	if err != nil || level < a.wanted || idToken.Nonce != a.nonce || len(idToken.Audience) != 1 {
		return nil, fmt.Errorf("the id_token is not for this sign-in")
	}
	info, err := p.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, err
	}
	var person struct {
		Name string `json:"name"`
	}
	if err := info.Claims(&person); err != nil || info.Subject != idToken.Subject {
		return nil, fmt.Errorf("somebody else's answer: %w", err)
	}
	return &visit{sub: info.Subject, name: person.Name, level: level, until: time.Now().Add(present)}, nil
}

func visitOf(r *http.Request) *visit {
	cookie, err := r.Cookie("portal")
	if err != nil {
		return nil
	}
	lock.Lock()
	defer lock.Unlock()
	return visits[cookie.Value]
}

func begin(w http.ResponseWriter, v *visit) *visit {
	id := rand.Text()
	lock.Lock()
	defer lock.Unlock()
	visits[id] = v
	// Add Secure where the portal has https.
	http.SetCookie(w, &http.Cookie{Name: "portal", Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return v
}
