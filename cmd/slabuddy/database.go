package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/store"
)

// openOrMake opens the database of DATABASE_URL as it is. A file that is not there is made, empty.
func openOrMake(in *invocation) (store.Store, error) {
	env, err := config.ReadEnv(in.getenv, nil)
	if err != nil {
		return nil, err
	}
	return store.Open(in.ctx, env.DatabaseURL.Reveal(), store.Options{})
}

// openExisting opens the database of DATABASE_URL as it is. It makes no file: whoever looks from the wrong folder
// is to hear of it.
func openExisting(in *invocation) (store.Store, error) {
	env, err := config.ReadEnv(in.getenv, nil)
	if err != nil {
		return nil, err
	}
	if path, is := strings.CutPrefix(env.DatabaseURL.Reveal(), "sqlite:"); is {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no database %s: set DATABASE_URL to the one that the bot works with, or go to its folder", path)
		}
	}
	return openOrMake(in)
}

// openStore is openExisting beside whoever else uses the database, and refuses one whose tables are older than
// the program.
func openStore(in *invocation) (store.Store, error) {
	s, err := openExisting(in)
	if err != nil {
		return nil, err
	}
	if err := upToDate(in.ctx, s); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// timeoutOfQueue bounds what a command asks of the database.
const timeoutOfQueue = time.Minute

// withStore runs f on the database as it is, if its tables are those that this version knows.
func withStore(in *invocation, f func(ctx context.Context, s store.Store) error) error {
	ctx, cancel := context.WithTimeout(in.ctx, timeoutOfQueue)
	defer cancel()
	s, err := openStore(in)
	if err != nil {
		return err
	}
	defer s.Close()
	return f(ctx, s)
}

// upToDate refuses a database whose tables are not those that this version knows.
func upToDate(ctx context.Context, s store.Store) error {
	migrations, err := s.MigrationStatus(ctx)
	if err != nil {
		return err
	}
	for _, m := range migrations {
		if !m.Applied {
			return fmt.Errorf("the database is not up to date (%s is missing): is DATABASE_URL right? If it is, run slabuddy migrate up", m.Name)
		}
	}
	return nil
}

func rightNow() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
