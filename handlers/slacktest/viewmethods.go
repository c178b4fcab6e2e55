package slacktest

import "slices"

func (w *Workspace) viewsOpen(a args) answer {
	v, refused := w.newView(a, "modal")
	if refused != nil {
		return refused
	}
	t, refused := w.useTrigger(a)
	if refused != nil {
		return refused
	}
	w.closeFrom(t.user, 0) // a new modal replaces whatever was open
	return answer{"ok": true, "view": w.open(t.user, v).shown()}
}

func (w *Workspace) viewsPush(a args) answer {
	v, refused := w.newView(a, "modal")
	if refused != nil {
		return refused
	}
	t, refused := w.useTrigger(a)
	if refused != nil {
		return refused
	}
	stack := w.stacks[t.user]
	switch {
	case t.from == nil || !slices.Contains(stack, t.from):
		return fail("not_found")
	case len(stack) == maxStack:
		return fail("push_limit_reached")
	}
	return answer{"ok": true, "view": w.open(t.user, v).shown()}
}

func (w *Workspace) viewsUpdate(a args) answer {
	old := w.views[a.text("view_id")]
	for _, v := range w.views {
		if a.text("view_id") == "" && v.ExternalID != "" && v.ExternalID == a.text("external_id") {
			old = v
		}
	}
	switch {
	case a.text("view_id") == "" && a.text("external_id") == "":
		return refuse("invalid_arguments", "missing required field: view_id")
	case old == nil:
		return fail("not_found")
	}
	return w.replaceView(a, old)
}

// replaceView serves views.update and views.publish. A hash that is not the current one means that
// somebody else was faster.
func (w *Workspace) replaceView(a args, old *view) answer {
	with, refused := readView(a.text("view"), old.Type)
	if refused != nil {
		return refused
	}
	if taken := w.externalID(with.ExternalID); taken != nil && taken != old {
		return fail("duplicate_external_id")
	}
	if hash := a.text("hash"); hash != "" && hash != old.Hash {
		return fail("hash_conflict")
	}
	w.redraw(old, with)
	return answer{"ok": true, "view": old.shown()}
}

func (w *Workspace) viewsPublish(a args) answer {
	u := w.users[a.text("user_id")]
	if u == nil {
		return refuse("invalid_arguments", "user_id is not a user of this workspace")
	}
	if old := w.homes[u.ID]; old != nil {
		return w.replaceView(a, old)
	}
	v, refused := w.newView(a, "home")
	if refused != nil {
		return refused
	}
	shown := w.show(u.ID, v)
	shown.RootViewID = shown.ID
	w.homes[u.ID] = shown
	return answer{"ok": true, "view": shown.shown()}
}

func (w *Workspace) newView(a args, kind string) (View, answer) {
	v, refused := readView(a.text("view"), kind)
	if refused == nil && w.externalID(v.ExternalID) != nil {
		refused = fail("duplicate_external_id")
	}
	return v, refused
}

// externalID is the view that goes by a name that the app gave it.
func (w *Workspace) externalID(id string) *view {
	for _, v := range w.views {
		if id != "" && v.ExternalID == id {
			return v
		}
	}
	return nil
}
