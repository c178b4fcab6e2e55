package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/store"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply what is missing. serve does so itself."`
	Status migrateStatusCmd `cmd:"" help:"List the migrations, applied or not."`
}

type migrateUpCmd struct{}

func (migrateUpCmd) Run(in *invocation) error {
	s, err := openOrMake(in)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Migrate(in.ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintf(in.stdout, "The database (%s) is up to date.\n", s.Name())
	return err
}

type migrateStatusCmd struct {
	JSON bool `help:"For programs."`
}

func (c migrateStatusCmd) Run(in *invocation) error {
	s, err := openOrMake(in)
	if err != nil {
		return err
	}
	defer s.Close()
	migrations, err := s.MigrationStatus(in.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(in, listed(migrations))
	}
	w := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "VERSION\tNAME\tAPPLIED")
	for _, m := range migrations {
		applied := "no"
		if m.Applied {
			applied = "yes"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\n", m.Version, m.Name, applied)
	}
	return w.Flush()
}

// listedMigration is a migration as programs read it.
type listedMigration struct {
	Version int64  `json:"version"`
	Name    string `json:"name"`
	Applied bool   `json:"applied"`
}

func listed(migrations []store.Migration) []listedMigration {
	list := make([]listedMigration, len(migrations))
	for i, m := range migrations {
		list[i] = listedMigration(m)
	}
	return list
}

// openOrMake opens the database of DATABASE_URL as it is. A file that is not there is made, empty.
func openOrMake(in *invocation) (store.Store, error) {
	env, err := config.ReadEnv(in.getenv, nil)
	if err != nil {
		return nil, err
	}
	return store.Open(in.ctx, env.DatabaseURL.Reveal(), store.Options{})
}

// openStore opens the database of DATABASE_URL as it is, beside whoever else uses it. It makes no file: whoever
// looks from the wrong folder is to hear of it; and it refuses one whose tables are older than the program.
func openStore(in *invocation) (store.Store, error) {
	env, err := config.ReadEnv(in.getenv, nil)
	if err != nil {
		return nil, err
	}
	if path, is := strings.CutPrefix(env.DatabaseURL.Reveal(), "sqlite:"); is {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no database %s: set DATABASE_URL to the one that the bot works with, or go to its folder", path)
		}
	}
	s, err := openOrMake(in)
	if err != nil {
		return nil, err
	}
	if err := upToDate(in.ctx, s); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func printJSON(in *invocation, v any) error {
	e := json.NewEncoder(in.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
