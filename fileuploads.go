package labelstudio

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/labelstudio-go/labelstudio/generated"
	"github.com/labelstudio-go/labelstudio/internal/wire"
)

// FileUploadsService manages the files that were uploaded into projects. It has
// the methods of [generated.FileUploadsService] as well: List, Get, Delete and
// so on.
type FileUploadsService struct {
	*generated.FileUploadsService

	core *core
}

// DeleteSelected deletes uploaded files of a project, and returns how many it
// deleted (DELETE /api/projects/{id}/file-uploads). Tasks that were made from
// them stay.
//
// The server tells a user of nobody else's files. So [All] stands for the files
// of the client's own user, which are listed and then deleted by their ids;
// [FileUploadsService.DeleteAll] deletes everybody's. With [IDs], files of others
// are deleted as well, but [Selection.Expect] doesn't count them.
func (s *FileUploadsService) DeleteSelected(ctx context.Context, projectID int64, files Selection, opts ...CallOption) (deleted int64, err error) {
	if err := checkProject(projectID); err != nil {
		return 0, err
	}
	if err := files.checkBare("uploaded files"); err != nil {
		return 0, err
	}
	ids := files.ids
	if files.all || files.expected != 0 {
		listed, err := s.List(ctx, projectID, &FileUploadsListParams{All: new(true)}, opts...)
		if err != nil {
			return 0, err
		}
		var own []int64
		for _, file := range listed {
			if files.all || slices.Contains(files.ids, file.ID) {
				own = append(own, file.ID)
			}
		}
		if err := files.checkCount(int64(len(own))); err != nil {
			return 0, err
		}
		if files.all {
			ids = own
		}
	}
	if len(ids) == 0 {
		return 0, nil // the server would take it for all
	}
	result, err := s.FileUploadsService.DeleteSelected(ctx, projectID, generated.FileUploadsDeleteRequest{FileUploadIDs: ids}, opts...)
	if err != nil {
		return 0, err
	}
	return result.Deleted, nil
}

// DeleteAll deletes every file that was uploaded into a project, by whomever,
// and returns how many (DELETE /api/projects/{id}/file-uploads). Tasks that were
// made from them stay. all is [All], and says so. It can't be expected to be a
// number, as nobody can list the files of others.
func (s *FileUploadsService) DeleteAll(ctx context.Context, projectID int64, all Selection, opts ...CallOption) (deleted int64, err error) {
	if err := checkProject(projectID); err != nil {
		return 0, err
	}
	if err := all.checkAll("uploaded files"); err != nil {
		return 0, err
	}
	if all.expected != 0 {
		return 0, errors.New("labelstudio: DeleteAll deletes files of others as well, which can't be counted: " +
			"leave Expect out, or delete your own with DeleteSelected")
	}
	// The contract describes the request with ids only; without a body it is for all.
	req, err := wire.New("FileUploads.DeleteSelected", http.MethodDelete, "/api/projects/{id}/file-uploads", projectID).Build(ctx)
	result, err := wire.Decode[*DeletedFileUploads](s.core, req, err, []int{http.StatusOK}, opts)
	if err != nil {
		return 0, err
	}
	return result.Deleted, nil
}
