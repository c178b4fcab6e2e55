package body_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/handlers/body"
)

func authentic() error { return nil }

// read sends a body through the bound, and holds it until then ends.
func read(b *body.Bound, r *http.Request, check func() error, then func()) (got []byte, err error) {
	b.Limit(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if got, err = body.Read(r, io.Discard, check); then != nil {
			then()
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
	return got, err
}

func post(n int) *http.Request {
	return httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", n)))
}

func TestABodyIsReadWholeAndSeenAsItComes(t *testing.T) {
	for _, n := range []int{0, 1, 16<<10 - 1, 16 << 10, 16<<10 + 1, 200_000, 1 << 20} {
		want := strings.Repeat("ab", n/2) + strings.Repeat("c", n%2)
		seen := sha256.New()
		got, err := body.Read(httptest.NewRequest("POST", "/", strings.NewReader(want)), seen, authentic)
		if err != nil || string(got) != want || string(seen.Sum(nil)) != sum(want) {
			t.Errorf("%d bytes: read %d, %v", n, len(got), err)
		}
	}
}

func sum(s string) string { h := sha256.Sum256([]byte(s)); return string(h[:]) }

func TestALongBodyIsRefusedBeforeItIsRead(t *testing.T) {
	b := body.NewBound(1<<20, 1<<20, 1<<10)
	var tooLarge *http.MaxBytesError
	if _, err := read(b, post(1<<10+1), authentic, nil); !errors.As(err, &tooLarge) {
		t.Errorf("one that says so: %v", err)
	}
	silent := post(1<<10 + 1)
	silent.ContentLength = -1
	if _, err := read(b, silent, authentic, nil); !errors.As(err, &tooLarge) {
		t.Errorf("one that does not: %v", err)
	}
}

func TestABodyCutOffIsNone(t *testing.T) {
	r := post(100)
	r.ContentLength = 101
	if _, err := body.Read(r, io.Discard, authentic); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
}

// Rule 29: all bodies together are held within one bound; past it the next is refused at once.
func TestAllBodiesTogetherKeepTheBound(t *testing.T) {
	const whole = 256 << 10
	b := body.NewBound(2*body.Small, whole-body.Small, 1<<20)
	refuse := errors.New("not signed")
	_, err := read(b, post(whole), authentic, func() { // all that is for large ones is taken
		if _, err := read(b, post(whole), authentic, nil); !errors.Is(err, body.ErrBusy) {
			t.Errorf("a second large body: %v", err)
		}
		_, err := read(b, post(body.Small-1), authentic, func() { // a small one is let in, and nothing after it
			if _, err := read(b, post(1), authentic, nil); !errors.Is(err, body.ErrBusy) {
				t.Errorf("past the bound: %v", err)
			}
		})
		if err != nil {
			t.Errorf("a small body beside a large one: %v", err)
		}
	})
	if err != nil {
		t.Errorf("the first: %v", err)
	}
	for range 100 { // whatever becomes of a request, what it took is given back
		if _, err := read(b, post(whole), func() error { return refuse }, nil); !errors.Is(err, refuse) {
			t.Fatalf("afterwards: %v", err)
		}
	}
}
