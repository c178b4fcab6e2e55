package setup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// HistoryShown is how many versions of a scope people are shown, and may go back to.
const HistoryShown = 10

// Edit is one change that somebody makes.
type Edit struct {
	Workspace string
	Scope     string
	By        string // Slack user id; whether they may is for the caller to ask (MayChange)
	Version   int64  // the version it was made from: View.Version when the modal was opened
	Body      Body   // nil: what was set is taken back
}

var (
	// ErrUnchanged: what was submitted is in force already. A modal submitted twice ends here.
	ErrUnchanged = errors.New("nothing has changed: it is set like that already")
	// ErrFromFile: what is set in the file is changed there.
	ErrFromFile = errors.New("this is set in slabuddy.yaml, and can only be changed there")
	// ErrNoVersion: there is no such version to go back to.
	ErrNoVersion = errors.New("there is no such version to go back to any more")
)

// ConflictError says that somebody changed the same thing since it was looked at. Nothing was written.
type ConflictError struct {
	Latest Setting
}

func (e *ConflictError) Error() string {
	return "somebody else has changed this meanwhile: look at what it is now, and change that"
}

// Check says what is wrong with a body that is to be set, by field; nil if nothing is.
func (b *Book) Check(workspace, scope string, body Body) Problems {
	return body.Check(Known{Workspace: workspace, Scope: scope, View: b.View(workspace), Directory: b.Directory, Now: b.Now()})
}

// Change makes a change, which is in force here when it returns. Its errors are Problems, ErrUnchanged,
// ErrFromFile, a *ConflictError, and then nothing is changed; or the store's, after which it may be: made
// once more, it is then ErrUnchanged.
func (b *Book) Change(ctx context.Context, e Edit) (Setting, error) {
	if b.View(e.Workspace).fromFile(e.Scope) {
		return Setting{}, ErrFromFile
	}
	var body []byte
	if e.Body != nil {
		if problems := b.Check(e.Workspace, e.Scope, e.Body); len(problems) > 0 {
			return Setting{}, problems
		}
		var err error
		if body, err = json.Marshal(e.Body); err != nil {
			return Setting{}, fmt.Errorf("write down %s: %w", e.Scope, err)
		}
	}
	s := Setting{Workspace: e.Workspace, Scope: e.Scope, Version: e.Version + 1, At: b.Now(), By: e.By, Body: body}
	return s, b.add(ctx, s)
}

// Remove takes back what was set.
func (b *Book) Remove(ctx context.Context, workspace, scope, by string, version int64) (Setting, error) {
	return b.Change(ctx, Edit{Workspace: workspace, Scope: scope, By: by, Version: version})
}

// History are the last n versions of a scope, the latest first, each signed and dated.
func (b *Book) History(ctx context.Context, workspace, scope string, n int) ([]Setting, error) {
	versions, err := b.Store.SettingVersions(ctx, workspace, scope, n)
	if err != nil {
		return nil, fmt.Errorf("read the versions of %s: %w", scope, err)
	}
	return versions, nil
}

// Undo goes back to the version to, one of the last HistoryShown, by adding it as a new version: nothing that was
// set is ever lost. e is as for Change; its Body is not looked at.
func (b *Book) Undo(ctx context.Context, e Edit, to int64) (Setting, error) {
	versions, err := b.History(ctx, e.Workspace, e.Scope, HistoryShown)
	if err != nil {
		return Setting{}, err
	}
	for _, v := range versions {
		if v.Version == to {
			if e.Body, err = v.body(); err != nil {
				return Setting{}, err
			}
			return b.Change(ctx, e)
		}
	}
	return Setting{}, ErrNoVersion
}

// add adds a version that is not the same as the latest, and puts it in force.
func (b *Book) add(ctx context.Context, s Setting) error {
	if err := b.refuse(ctx, s); err != nil {
		return err
	}
	if err := b.beginWatching(ctx, s); err != nil {
		return err
	}
	added, err := b.Store.AddSetting(ctx, s)
	if err != nil {
		return fmt.Errorf("store %s: %w", s.Scope, err)
	}
	if !added {
		if err := b.refuse(ctx, s); err != nil {
			return err
		}
		return &ConflictError{}
	}
	opened, _ := b.open(s.Workspace)
	b.take(opened, []Setting{s}, false)
	return nil
}

// beginWatching stores since when a channel is watched, if this is what has it watched.
func (b *Book) beginWatching(ctx context.Context, s Setting) error {
	kind, channel := s.kind()
	if b.Watch == nil || kind != kindChannel || len(s.Body) == 0 {
		return nil
	}
	if _, already := b.Settings(s.Workspace).Channels[channel]; already {
		return nil
	}
	return b.Watch(ctx, s.Workspace, channel)
}

// refuse says why a version cannot be added: it changes nothing, or another was added since
// the one it was made from.
func (b *Book) refuse(ctx context.Context, s Setting) error {
	versions, err := b.History(ctx, s.Workspace, s.Scope, 1)
	if err != nil {
		return err
	}
	var latest Setting
	if len(versions) > 0 {
		latest = versions[0]
	}
	switch {
	case bytes.Equal(latest.Body, s.Body):
		return ErrUnchanged
	case latest.Version != s.Version-1:
		return &ConflictError{Latest: latest}
	}
	return nil
}

// body is what was set; nil if it was taken back.
func (s Setting) body() (Body, error) {
	switch kind, _ := s.kind(); kind {
	case kindChannel:
		return bodyOf[Channel](s)
	case kindEngineer:
		return bodyOf[Engineer](s)
	case kindAbsence:
		return bodyOf[Absence](s)
	case kindPause:
		return bodyOf[Pause](s)
	case AdminsScope:
		return bodyOf[Admins](s)
	case ReportScope:
		return bodyOf[Report](s)
	case HandoverScope:
		return bodyOf[Handover](s)
	}
	return nil, fmt.Errorf("%s is nothing that this version knows", s.Scope)
}

func bodyOf[T Body](s Setting) (Body, error) {
	body, isSet, err := Decode[T](s)
	if err != nil || !isSet {
		return nil, err
	}
	return body, nil
}
