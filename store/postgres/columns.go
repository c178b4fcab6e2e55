package postgres

import (
	"encoding/binary"

	"github.com/jackc/pgx/v5/pgtype"
)

// columnsOn has what most columns hold encoded by column.
func columnsOn(m *pgtype.Map) {
	register(m, pgtype.TextArrayOID, pgtype.TextOID, func(s string) (int, bool) { return len(s), true },
		func(b []byte, s string) []byte { return append(b, s...) })
	register(m, pgtype.ByteaArrayOID, pgtype.ByteaOID, func(s []byte) (int, bool) { return len(s), s != nil },
		func(b []byte, s []byte) []byte { return append(b, s...) })
	register(m, pgtype.UUIDArrayOID, pgtype.UUIDOID, func(u pgtype.UUID) (int, bool) { return len(u.Bytes), u.Valid },
		func(b []byte, u pgtype.UUID) []byte { return append(b, u.Bytes[:]...) })
	register(m, pgtype.TimestamptzArrayOID, pgtype.TimestamptzOID, func(t pgtype.Timestamptz) (int, bool) { return 8, t.Valid },
		func(b []byte, t pgtype.Timestamptz) []byte {
			const year2000 = 946_684_800 * 1_000_000 // from where Postgres counts microseconds
			return binary.BigEndian.AppendUint64(b, uint64(t.Time.UnixMicro()-year2000))
		})
}

func register[T any](m *pgtype.Map, array, element uint32, size func(T) (n int, valid bool), write func([]byte, T) []byte) {
	if known, ok := m.TypeForOID(array); ok {
		m.RegisterType(&pgtype.Type{Name: known.Name, OID: array, Codec: column[T]{known.Codec, element, size, write}})
	}
}

// column encodes a []T in one go. The library's codec finds out again how each element is encoded, and has the buffer
// grow with each; that takes a twentieth of the processor's time when an outage is caught up with.
type column[T any] struct {
	pgtype.Codec // for everything else
	element      uint32
	size         func(T) (n int, valid bool) // in bytes; what is not valid is null
	write        func([]byte, T) []byte
}

func (c column[T]) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.([]T); ok && format == pgtype.BinaryFormatCode {
		return encodeColumn[T](c)
	}
	return c.Codec.PlanEncode(m, oid, format, value)
}

type encodeColumn[T any] column[T]

// Encode appends what array_recv of Postgres reads, all numbers big-endian: how many dimensions there are, whether
// there are nulls, the elements' type; of the one dimension its length and where it begins; then the elements, each
// after its length, which is -1 for null.
func (c encodeColumn[T]) Encode(value any, buf []byte) ([]byte, error) {
	const number = 4
	elements := value.([]T)
	if elements == nil {
		return nil, nil
	}
	size, nulls := 5*number, uint32(0)
	for _, e := range elements {
		n, valid := c.size(e)
		if !valid {
			n, nulls = 0, 1
		}
		size += number + n
	}
	whole := append(make([]byte, 0, len(buf)+size), buf...)
	put := func(n uint32) { whole = binary.BigEndian.AppendUint32(whole, n) }
	put(1)
	put(nulls)
	put(c.element)
	put(uint32(len(elements)))
	put(1)
	for _, e := range elements {
		n, valid := c.size(e)
		if !valid {
			put(^uint32(0))
			continue
		}
		put(uint32(n))
		whole = c.write(whole, e)
	}
	return whole, nil
}
