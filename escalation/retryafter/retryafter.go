// Package retryafter reads how long a server asks its callers to wait.
package retryafter

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Of reads Retry-After in either of its forms, whole seconds or a date (RFC 9110, 10.2.3). ok is false where the
// header says neither. The wait is never negative. It may be very long: the caller bounds it.
func Of(h http.Header, now time.Time) (wait time.Duration, ok bool) {
	said := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(said, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(said); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}
