package slackapptest

import (
	"strings"
	"sync"
)

// Log is what a logger writes to, to be read meanwhile.
type Log struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Count is how often it holds a text.
func (l *Log) Count(text string) int { return strings.Count(l.String(), text) }
