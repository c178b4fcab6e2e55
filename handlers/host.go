package handlers

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
)

// ownHosts lets in requests for this machine by its own names only. A web page that somebody has open can
// have its name lead to this address (DNS rebinding); the browser then says that name, and is refused.
// An address is taken if the connection came in at it: no name leads a browser to say one. What a page asks for under
// one of its own names is refused, too.
func ownHosts(names []string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if ofAnotherPage(r) {
				http.Error(w, "Another web page is not to have the operator's address work for it. Open it in a tab of its own.", http.StatusForbidden)
				return
			}
			if isOwnHost(r, names) {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(http.StatusMisdirectedRequest)
			_, _ = io.WriteString(w, "This is the operator's address, and not under that name.\n"+
				"Ask for localhost, or name the host in SLABUDDY_ADMIN_HOSTS.\n")
		})
	}
}

// ofAnotherPage says that a browser asks for the sake of another site's page: that could not read a report or a
// profile, but have one made after the other. A link that somebody follows is none of that.
func ofAnotherPage(r *http.Request) bool {
	from := r.Header.Get("Sec-Fetch-Site")
	return from != "" && from != "same-origin" && from != "none" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

func isOwnHost(r *http.Request, names []string) bool {
	host := hostname(r.Host)
	if host == "" { // HTTP/1.0, which no browser speaks
		return true
	}
	if slices.Contains(names, host) || slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, host) {
		return true
	}
	asked := net.ParseIP(host)
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if asked == nil || !ok {
		return false
	}
	at, _, err := net.SplitHostPort(local.String())
	return err == nil && asked.Equal(net.ParseIP(at))
}

// hostname is a host without its port and brackets, in small letters.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}
