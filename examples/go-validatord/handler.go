package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

const (
	version  = "0.1.0"
	maxBytes = 1 << 20
)

var harmlessID = regexp.MustCompile(`^[\w.:/+=@-]{1,128}$`)

func newHandler(settings config) http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {
		if allows(w, r, http.MethodGet, http.MethodHead) {
			answer(w, 200, map[string]string{"status": "ok", "service": "validatord", "version": version})
		}
	})
	routes.HandleFunc("/v1/validate", func(w http.ResponseWriter, r *http.Request) {
		if allows(w, r, http.MethodPost) {
			validate(settings, w, r)
		}
	})
	routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, 404, "not_found", "no route "+r.Method+" "+r.URL.Path, "")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", requestID(r))
		if r.URL.Path != "/health" && !isAuthorized(settings.Token, r) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			fail(w, 401, "unauthorized", "this daemon demands Authorization: Bearer with its token", "")
			return
		}
		routes.ServeHTTP(w, r)
	})
}

func validate(settings config, w http.ResponseWriter, r *http.Request) {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(kind) != "application/json" {
		fail(w, 415, "unsupported_media_type", "a body is application/json", "")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBytes))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		fail(w, 413, "too_large", "the body is larger than 1 MiB", "")
		return
	} else if err != nil {
		fail(w, 400, "malformed_request", "the body broke off", "")
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	// As text: a float would make two counts out of one.
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil || decoder.More() {
		fail(w, 400, "malformed_json", "the body is not valid JSON", "")
		return
	}
	asked, problem := readRequest(document)
	if problem != nil {
		fail(w, 400, "bad_request", problem.String(), problem.field)
		return
	}
	fault, warnings := check(asked, settings.Policy)
	if fault != nil {
		answer(w, 422, fault.render(settings.Wire))
		return
	}
	answer(w, 200, map[string]any{"valid": true, "warnings": append([]string{}, warnings...)})
}

func allows(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	if slices.Contains(methods, r.Method) {
		return true
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	fail(w, 405, "method_not_allowed", r.URL.Path+" takes "+strings.Join(methods, ", ")+", not "+r.Method, "")
	return false
}

// isAuthorized compares digests, which have one length, so that the time it takes tells nothing about the token.
func isAuthorized(token string, r *http.Request) bool {
	want := sha256.Sum256([]byte("Bearer " + token))
	got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
	return token == "" || subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

func requestID(r *http.Request) string {
	if given := r.Header.Get("X-Request-Id"); harmlessID.MatchString(given) {
		return given
	}
	return rand.Text()
}

// fail answers in the form that all daemons of the platform share. An empty field is left out.
func fail(w http.ResponseWriter, status int, code, message, field string) {
	body := map[string]string{"code": code, "message": message}
	if field != "" {
		body["field"] = field
	}
	answer(w, status, map[string]any{"error": body})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	// The client may have left; there is nobody to tell.
	_ = encoder.Encode(body)
}
