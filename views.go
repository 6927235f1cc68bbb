package labelstudio

import "github.com/labelstudio-go/labelstudio/generated"

// ViewsService manages views of the data manager: its tabs. It has the methods
// of [generated.ViewsService] as well: List, Get, Delete and so on.
type ViewsService struct {
	*generated.ViewsService

	manager *generated.DataManagerService
}
