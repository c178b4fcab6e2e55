package directory

// Handle is what a user group is called there: @support.
func (d *Directories) Handle(workspace, group string) (handle string, ok bool) {
	one := d.of(workspace)
	if one == nil {
		return "", false
	}
	for handle, id := range one.of(workspace).Groups {
		if id == group {
			return "@" + handle, true
		}
	}
	return "", false
}
