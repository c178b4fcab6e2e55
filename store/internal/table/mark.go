package table

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Mark is what a database remembers of a move, so that one that was cut off goes on, and nobody serves
// from either side meanwhile.
type Mark struct {
	ID         string // the same on both sides
	Other      string // the other side, as people may see it
	BeganAt    time.Time
	FinishedAt time.Time // zero while it is under way
}

// Finished says whether the move came to its end.
func (m Mark) Finished() bool { return !m.FinishedAt.IsZero() }

// Position is how far a move is: all of the tables before this one are over, and so many rows of it.
type Position struct {
	Table string // empty at the beginning
	After []any  // the key of the last row; nil: none yet
	Done  int64
}

// EncodeKey writes a key as a text that any database can hold, with any bytes in it.
func EncodeKey(key []any) (string, error) {
	if key == nil {
		return "null", nil
	}
	parts := make([]string, len(key))
	for i, v := range key {
		switch v := v.(type) {
		case int64:
			parts[i] = strconv.FormatInt(v, 10)
		case string:
			parts[i] = strconv.QuoteToASCII(v)
		default:
			return "", fmt.Errorf("a key cannot hold a %T", v)
		}
	}
	js, err := json.Marshal(parts)
	return string(js), err
}

// DecodeKey is the reverse of EncodeKey, for a key of these kinds.
func DecodeKey(text string, kinds []Kind) ([]any, error) {
	var parts []string
	if err := json.Unmarshal([]byte(text), &parts); err != nil {
		return nil, fmt.Errorf("read a key: %w", err)
	}
	if parts == nil {
		return nil, nil
	}
	if len(parts) != len(kinds) {
		return nil, fmt.Errorf("a key has %d parts, not %d", len(parts), len(kinds))
	}
	key := make([]any, len(parts))
	for i, part := range parts {
		var err error
		switch kinds[i] {
		case Text, ID, MaybeID:
			key[i], err = strconv.Unquote(part)
		default:
			key[i], err = strconv.ParseInt(part, 10, 64)
		}
		if err != nil {
			return nil, fmt.Errorf("read a key: %w", err)
		}
	}
	return key, nil
}
