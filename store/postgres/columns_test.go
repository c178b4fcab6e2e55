package postgres

import (
	"bytes"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"pgregory.net/rapid"
)

// What column writes is, byte for byte, what the library's own codec writes.
func TestAColumnIsEncodedAsTheLibraryDoes(t *testing.T) {
	ours, theirs := pgtype.NewMap(), pgtype.NewMap()
	columnsOn(ours)
	texts := rapid.SliceOf(rapid.String())
	blobs := rapid.SliceOf(rapid.OneOf(rapid.Just([]byte(nil)), rapid.SliceOf(rapid.Byte())))
	ids := rapid.SliceOf(rapid.Custom(func(t *rapid.T) pgtype.UUID {
		if rapid.Bool().Draw(t, "null") {
			return pgtype.UUID{}
		}
		return pgtype.UUID{Bytes: [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")), Valid: true}
	}))
	times := rapid.SliceOf(rapid.Custom(func(t *rapid.T) pgtype.Timestamptz {
		seconds := rapid.Int64Range(-1e10, 1e10).Draw(t, "seconds")
		return pgtype.Timestamptz{Time: time.Unix(seconds, rapid.Int64Range(0, 999_999_999).Draw(t, "ns")), Valid: rapid.Bool().Draw(t, "valid")}
	}))
	same := func(t *rapid.T, oid uint32, value any) {
		before := []byte("what was encoded before")
		got, err := ours.Encode(oid, pgtype.BinaryFormatCode, value, bytes.Clone(before))
		want, wantErr := theirs.Encode(oid, pgtype.BinaryFormatCode, value, bytes.Clone(before))
		if err != nil || wantErr != nil || !bytes.Equal(got, want) {
			t.Fatalf("%#v is encoded as\n%x, %v, and should be\n%x, %v", value, got, err, want, wantErr)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		same(t, pgtype.TextArrayOID, texts.Draw(t, "texts"))
		same(t, pgtype.ByteaArrayOID, blobs.Draw(t, "blobs"))
		same(t, pgtype.UUIDArrayOID, ids.Draw(t, "ids"))
		same(t, pgtype.TimestamptzArrayOID, times.Draw(t, "times"))
		// What is no column of ours goes the library's way.
		same(t, pgtype.TextArrayOID, []string(nil))
		same(t, pgtype.TextArrayOID, []*string{nil, new("a")})
		same(t, pgtype.TimestamptzArrayOID, []time.Time{time.Unix(1, 0)})
	})
}
