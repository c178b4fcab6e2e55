// Package body reads the bodies of requests within one bound for all of them together: whoever sends many
// large ones at once, and finishes none, takes no more memory than that.
//
// A body is charged as it comes in, in chunks, and given back when its request ends. What lies beyond the
// first Small bytes is charged to a part of its own, so that large bodies do not crowd out small ones, which
// nearly all of Slack's are.
package body

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// ErrBusy says that the bodies under way have used up the bound: the request is to be sent again later.
var ErrBusy = errors.New("too much is being read at once")

const (
	chunk = 16 << 10
	// Small is how much of a body is charged to the part for small ones.
	Small = 4 * chunk
	// alone is the most that is read of a body that nobody charges.
	alone = 1 << 20
)

// Bound is how much of all bodies is held at once, in bytes.
type Bound struct {
	small, large atomic.Int64 // what is left
	most         int64        // of one body
}

// NewBound bounds, in bytes: small, the beginnings of all bodies together; large, all that follows those;
// most, a single body.
func NewBound(small, large, most int64) *Bound {
	b := &Bound{most: most}
	b.small.Store(small)
	b.large.Store(large)
	return b
}

// take charges n bytes that follow read of the same body.
func (b *Bound) take(read, n int64) bool {
	part := b.part(read)
	if part.Add(-n) >= 0 {
		return true
	}
	part.Add(n)
	return false
}

func (b *Bound) part(read int64) *atomic.Int64 {
	if read < Small {
		return &b.small
	}
	return &b.large
}

// Limit has the bodies of requests charged.
func (b *Bound) Limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := b.charge(w, r)
		defer c.release()
		r.Body = c
		next.ServeHTTP(w, r)
	})
}

func (b *Bound) charge(w http.ResponseWriter, r *http.Request) *charged {
	return &charged{ReadCloser: http.MaxBytesReader(w, r.Body, b.most), bound: b, known: r.ContentLength}
}

// charged is a body under way.
type charged struct {
	io.ReadCloser
	bound  *Bound
	known  int64 // its length as far as the request says it; -1: it does not
	chunks [][]byte
	read   int64
	taken  int64 // bytes charged
}

var chunks = sync.Pool{New: func() any { return new([chunk]byte) }}

// release gives back what was charged.
func (c *charged) release() {
	for read := int64(0); read < c.taken; read += chunk {
		c.bound.part(read).Add(chunk)
	}
	c.taken = 0
	c.drop()
}

// drop gives the chunks to whoever reads next.
func (c *charged) drop() {
	for _, b := range c.chunks {
		chunks.Put((*[chunk]byte)(b))
	}
	c.chunks = nil
}

// Fits says, as a *http.MaxBytesError, that a request announces more than is read of one body.
func Fits(r *http.Request) error {
	if c, ok := r.Body.(*charged); ok && c.known > c.bound.most {
		return &http.MaxBytesError{Limit: c.bound.most}
	}
	return nil
}

// Read reads the whole body of a request, charged as Limit has it, or on its own without a Limit. Every byte is written to seen as it comes
// in, which may be the hash of a signature; authentic, asked when all of it was seen, says whether the body
// is worth having in one piece. Errors are ErrBusy, a *http.MaxBytesError, authentic's, or the connection's.
func Read(r *http.Request, seen io.Writer, authentic func() error) ([]byte, error) {
	c, ok := r.Body.(*charged)
	if !ok {
		c = NewBound(alone, alone, alone).charge(nil, r)
	}
	if err := Fits(r); err != nil {
		return nil, err
	}
	for {
		if !c.bound.take(c.read, chunk) {
			return nil, ErrBusy
		}
		c.taken += chunk
		next := chunks.Get().(*[chunk]byte)
		c.chunks = append(c.chunks, next[:])
		n, err := io.ReadFull(c.ReadCloser, next[:])
		c.read += int64(n)
		if _, err := seen.Write(next[:n]); err != nil {
			return nil, err
		}
		switch {
		case err == nil && c.read != c.known:
			continue
		case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return nil, err
		}
		if c.known >= 0 && c.read < c.known {
			return nil, io.ErrUnexpectedEOF
		}
		if err := authentic(); err != nil {
			return nil, err
		}
		return c.whole(), nil
	}
}

// whole is the body in one piece.
func (c *charged) whole() []byte {
	all := make([]byte, 0, c.read)
	for _, b := range c.chunks {
		all = append(all, b[:min(int64(len(b)), c.read-int64(len(all)))]...)
	}
	c.drop()
	return all
}
