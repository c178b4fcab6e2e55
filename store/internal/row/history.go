package row

import (
	"encoding/binary"
	"encoding/hex"
	"time"
)

// LongestWait bounds how long a timeline may have been open when a reminder of it is posted, for
// finding reminders by their timelines' ids.
const LongestWait = 4 * 24 * time.Hour

// MostHistory is how many rows of history are read at most for a summary of it.
const MostHistory = 200_000

// FirstID sorts before the id of every timeline that was opened at t or later: ids are UUIDs of
// version 7, which begin with their time in milliseconds (RFC 9562, section 5.7).
func FirstID(t time.Time) string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], uint64(max(t.UnixMilli(), 0))<<16)
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
