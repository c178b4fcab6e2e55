package table

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Sum counts rows and adds up their hashes, in any order: two tables with equal sums hold the same rows.
type Sum struct {
	Rows  int64
	lanes [4]uint64
	buf   []byte
}

// Add adds a row. Its hash is added, not xored, so that a row that is there twice shows.
func (s *Sum) Add(row []any) error {
	s.buf = s.buf[:0]
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			s.buf = append(s.buf, 'n')
		case int64:
			s.buf = binary.BigEndian.AppendUint64(append(s.buf, 'i'), uint64(v))
		case string:
			s.buf = append(binary.BigEndian.AppendUint64(append(s.buf, 's'), uint64(len(v))), v...)
		case []byte:
			s.buf = append(binary.BigEndian.AppendUint64(append(s.buf, 'b'), uint64(len(v))), v...)
		default:
			return fmt.Errorf("a row cannot hold a %T", v)
		}
	}
	h := sha256.Sum256(s.buf)
	for i := range s.lanes {
		s.lanes[i] += binary.BigEndian.Uint64(h[8*i:])
	}
	s.Rows++
	return nil
}

// Equal says whether both saw the same rows.
func (s *Sum) Equal(o *Sum) bool { return s.Rows == o.Rows && s.lanes == o.lanes }

// String is the checksum alone, short enough to be compared by eye.
func (s *Sum) String() string { return fmt.Sprintf("%016x", s.lanes[0]) }
