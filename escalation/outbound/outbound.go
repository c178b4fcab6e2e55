// Package outbound makes the HTTP clients that call what an operator names: help desks, pages, queues.
package outbound

import (
	"net"
	"net/http"
	"time"
)

// Client follows no redirects: one would carry tickets, and perhaps the credentials, to where nobody meant to send
// them, and turn a POST into a GET. The time for a whole call is bounded by its context. Without a transport it has
// one of its own, which verifies certificates, takes proxies from the environment, and keeps so many connections to a
// host.
func Client(transport http.RoundTripper, perHost int) *http.Client {
	if transport == nil {
		transport = &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout:   5 * time.Second,
			ExpectContinueTimeout: time.Second,
			ForceAttemptHTTP2:     true,
			MaxIdleConns:          32,
			MaxIdleConnsPerHost:   perHost,
			IdleConnTimeout:       90 * time.Second,
		}
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
