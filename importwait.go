package labelstudio

import (
	"context"
	"fmt"
)

// ErrImportFailed is an import or reimport in the background that the server
// gave up. A part of it may have been imported.
var ErrImportFailed error = &sentinel{text: "the import failed"}

// WaitImport returns an import in the background when it is completed, looking
// at it ever less often, up to every ten seconds
// (GET /api/projects/{id}/imports/{import_pk}/). progress, if not nil, is told
// each state that is seen. The error is [ErrImportFailed] with the server's
// reason if the server gave up, or that of ctx; the import is nil then.
//
// [ProjectsService.Import] waits already. This is for who has the id from
// elsewhere, such as from before a restart. The Community edition imports at
// once: it has no such imports.
func (s *ProjectsService) WaitImport(ctx context.Context, projectID, importID int64, progress func(*ProjectImport), opts ...CallOption) (*ProjectImport, error) {
	var state *ProjectImport
	what := fmt.Sprintf("import %d into project %d", importID, projectID)
	err := s.waitJob(ctx, what, func() (status JobStatus, reason *string, err error) {
		if state, err = s.GetImport(ctx, projectID, importID, opts...); err != nil {
			return "", nil, err
		}
		if progress != nil {
			progress(state)
		}
		return state.Status, state.Error, nil
	})
	if err != nil {
		return nil, err
	}
	return state, nil
}

// WaitReimport returns a reimport in the background when it is completed, like
// [ProjectsService.WaitImport]
// (GET /api/projects/{id}/reimports/{reimport_pk}/). Its id is the ReimportID
// that Reimport returns, which is nil where the reimport is done already.
func (s *ProjectsService) WaitReimport(ctx context.Context, projectID, reimportID int64, progress func(*ProjectReimport), opts ...CallOption) (*ProjectReimport, error) {
	var state *ProjectReimport
	what := fmt.Sprintf("reimport %d into project %d", reimportID, projectID)
	err := s.waitJob(ctx, what, func() (status JobStatus, reason *string, err error) {
		if state, err = s.GetReimport(ctx, projectID, reimportID, opts...); err != nil {
			return "", nil, err
		}
		if progress != nil {
			progress(state)
		}
		return state.Status, state.Error, nil
	})
	if err != nil {
		return nil, err
	}
	return state, nil
}

// waitJob waits for an import of either kind.
func (s *ProjectsService) waitJob(ctx context.Context, job string, look func() (status JobStatus, reason *string, err error)) error {
	var status JobStatus
	what := func() string { return fmt.Sprintf("%s, which is %s", job, s.core.quoted(string(status))) }
	return poll(ctx, what, func() (done bool, err error) {
		var reason *string
		if status, reason, err = look(); err != nil {
			return false, fmt.Errorf("waiting for %s: %w", job, err)
		}
		if status == JobStatusFailed {
			text := s.core.quoted(*orDefault(reason, "the server gives no reason"))
			return false, textError{fmt.Sprintf("labelstudio: %s failed: %s", job, text), ErrImportFailed}
		}
		return status == JobStatusCompleted, nil
	})
}
