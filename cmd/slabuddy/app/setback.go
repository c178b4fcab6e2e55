package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/deliver"
)

const (
	keySignOfLife = "alive"
	// signEvery is how often a sign of life is stored, and signGap how old the last one is at a start at least if
	// nobody was alive meanwhile, or the database is a backup.
	signEvery = 5 * time.Second
	signGap   = 15 * time.Second
	// doubtFor is how long it is remembered that the database went back in time. What was due then is told by then.
	doubtFor = 24 * time.Hour
)

// setbackWatch notices that the database went back in time: a standby took over that had missed the last of what was
// written, or a backup was restored. What was posted meanwhile it has forgotten, and has to be looked for in Slack.
//
//	while it runs   the database is in another history; or our own last sign of life is not there
//	at a start      the last sign of life tells of another history, or is old: whether nobody was alive
//	                since, or the database is a backup, nobody can tell
type setbackWatch struct {
	store interface {
		Get(ctx context.Context, key string) (value []byte, at time.Time, found bool, err error)
		Put(ctx context.Context, key string, value []byte, at time.Time) error
		Lineage(ctx context.Context) (string, error)
	}
	hold   func() bool // our clock is not to be trusted
	now    func() time.Time
	logger *slog.Logger

	mu      sync.Mutex // guards what follows
	begun   bool
	lineage string
	signed  time.Time // our last sign of life that was stored
	doubt   deliver.Doubt
}

// sign is a sign of life as it is stored: all replicas share it.
type sign struct {
	Lineage string    `json:"lineage,omitempty"`
	Since   time.Time `json:"since,omitzero"` // the doubt
	Until   time.Time `json:"until,omitzero"`

	at time.Time
}

// Doubt implements deliver.Memory.
func (w *setbackWatch) Doubt(ctx context.Context) (deliver.Doubt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	lineage, err := w.store.Lineage(ctx)
	if err != nil {
		return deliver.Doubt{}, err
	}
	if !w.begun || w.another(lineage) {
		if err := w.compare(ctx, lineage); err != nil {
			return deliver.Doubt{}, err
		}
	}
	return w.doubt, nil
}

// run stores signs of life until ctx ends.
func (w *setbackWatch) run(ctx context.Context) {
	ticker := time.NewTicker(signEvery)
	defer ticker.Stop()
	for {
		if err := w.sign(ctx); err != nil && ctx.Err() == nil {
			w.logger.Debug("a sign of life could not be stored, trying on", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sign stores a sign of life. None is stored by a clock that is not to be trusted: it would hide those that follow.
func (w *setbackWatch) sign(ctx context.Context) error {
	if w.hold() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, signEvery)
	defer cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	lineage, err := w.store.Lineage(ctx)
	if err != nil {
		return err
	}
	if err := w.compare(ctx, lineage); err != nil {
		return err
	}
	now := w.now().Truncate(time.Microsecond)
	value, err := json.Marshal(sign{Lineage: w.lineage, Since: w.doubt.Since, Until: w.doubt.Until})
	if err != nil {
		return fmt.Errorf("encode a sign of life: %w", err)
	}
	if err := w.store.Put(ctx, keySignOfLife, value, now); err != nil {
		return err
	}
	w.signed = now
	return nil
}

// compare compares what is stored with what we know.
func (w *setbackWatch) compare(ctx context.Context, lineage string) error {
	value, at, found, err := w.store.Get(ctx, keySignOfLife)
	if err != nil {
		return err
	}
	last := sign{at: at}
	if found {
		if err := json.Unmarshal(value, &last); err != nil {
			return fmt.Errorf("read the last sign of life: %w", err)
		}
	}
	now := w.now()
	w.doubtAsWell(deliver.Doubt{Since: last.Since, Until: last.Until}, now)
	if why := w.why(last, found, lineage, now); why != "" {
		since := last.at
		if !found {
			since = now.Add(-doubtFor)
		}
		w.doubtAsWell(deliver.Doubt{Since: since, Until: now}, now)
		level := slog.LevelWarn
		if why == idle {
			level = slog.LevelInfo
		}
		w.logger.Log(ctx, level, why+": reminders that were due by now are looked for in Slack before they are posted", "since", since)
		w.signed = time.Time{}
	}
	w.begun = true
	if lineage != "" {
		w.lineage = lineage
	}
	return nil
}

const idle = "nobody was at work for a while, or the database is a backup"

// why says in what way the database went back in time, or may have; "" if it did not.
func (w *setbackWatch) why(last sign, found bool, lineage string, now time.Time) string {
	switch {
	case w.begun && w.another(lineage):
		return "another database answers, which may have missed the last of what was written"
	case w.begun && last.at.Before(w.signed):
		return "the database has forgotten what was written"
	case w.begun, !found: // nothing that was posted before signs of life were stored can be recognised
		return ""
	case last.Lineage != "" && lineage != "" && last.Lineage != lineage:
		return "the database is another than the one that was written to last: a standby or a backup"
	case now.Sub(last.at) > signGap:
		return idle
	}
	return ""
}

func (w *setbackWatch) another(lineage string) bool {
	return lineage != "" && w.lineage != "" && lineage != w.lineage
}

// doubtAsWell adds a span to what is in doubt. One that is long past is no longer.
func (w *setbackWatch) doubtAsWell(d deliver.Doubt, now time.Time) {
	if now.Sub(w.doubt.Until) > doubtFor {
		w.doubt = deliver.Doubt{}
	}
	switch {
	case d.Until.IsZero(), now.Sub(d.Until) > doubtFor:
	case w.doubt.Until.IsZero():
		w.doubt = d
	default:
		if d.Since.Before(w.doubt.Since) {
			w.doubt.Since = d.Since
		}
		if d.Until.After(w.doubt.Until) {
			w.doubt.Until = d.Until
		}
	}
}
