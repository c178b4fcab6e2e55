package config

import (
	"fmt"
	"log/slog"
)

// Secret is a value that must not be seen: printed, logged or marshalled, it only says whether it is
// set. Reveal is the one way to it.
type Secret struct{ value string }

// NewSecret keeps value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the value itself.
func (s Secret) Reveal() string { return s.value }

// IsSet tells whether there is a value.
func (s Secret) IsSet() bool { return s.value != "" }

func (s Secret) String() string {
	if s.IsSet() {
		return "(set)"
	}
	return "(not set)"
}

// Format implements fmt.Formatter: verbs such as %#v and %d would go past String.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements encoding.TextMarshaler, and so decides what JSON says.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
