package main

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// watched is a child with its surroundings.
type watched struct {
	*child
	slack *slackStub
	desk  *stub
}

// thinking is how long the help desk takes to answer.
const thinking = 20 * time.Millisecond

// watch starts the binary on a database, with a Slack and a help desk.
func (b *bench) watch(ctx context.Context, databaseURL string, onPost func(body []byte, at time.Time)) (*watched, error) {
	return b.watchWith(ctx, databaseURL, onPost, func([]byte) bool { return false })
}

// watchWith is watch with a help desk that knows nothing of some tickets.
func (b *bench) watchWith(ctx context.Context, databaseURL string, onPost func(body []byte, at time.Time), unknown func(id []byte) bool) (*watched, error) {
	w := &watched{}
	var err error
	if w.slack, err = newSlackStub(onPost); err != nil {
		return nil, err
	}
	if w.desk, err = newForgetfulDesk(thinking, unknown); err != nil {
		w.slack.close()
		return nil, err
	}
	if w.child, err = b.serve(ctx, databaseURL, w.slack, w.desk.url()); err != nil {
		w.slack.close()
		w.desk.close()
		return nil, err
	}
	return w, nil
}

// stop ends the child, then its surroundings. Called again it does nothing.
func (w *watched) stop() error {
	err := w.child.stop()
	w.slack.close()
	w.desk.close()
	return err
}

// emptySQLite is the address of a file that is not there yet, in a folder of its own.
func (b *bench) emptySQLite() (address string, remove func(), err error) {
	dir, err := os.MkdirTemp(b.dir, "sqlite-")
	if err != nil {
		return "", nil, err
	}
	return "sqlite:" + filepath.Join(dir, "slabuddy.db"), func() { os.RemoveAll(dir) }, nil
}
