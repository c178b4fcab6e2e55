package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Check is one thing that must hold for the program to be ready.
type Check struct {
	Name string
	// Check returns nil if it holds; if not, what is wrong, in words for the operator.
	Check func(context.Context) error
}

// checkTimeout is what all checks together may take.
const checkTimeout = 2 * time.Second

// ready answers 200 if every check holds and 503 otherwise, with a line for each.
func ready(checks []Check) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
		defer cancel()
		errs := make([]error, len(checks))
		var wg sync.WaitGroup
		for i, c := range checks {
			wg.Go(func() { errs[i] = c.Check(ctx) })
		}
		wg.Wait()

		code := http.StatusOK
		var lines strings.Builder
		for i, c := range checks {
			word := "ok"
			if errs[i] != nil {
				code, word = http.StatusServiceUnavailable, errs[i].Error()
			}
			fmt.Fprintf(&lines, "%s: %s\n", c.Name, word)
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(code)
		_, _ = fmt.Fprint(w, lines.String())
	}
}
