package labelstudiotest

import (
	"fmt"
	"slices"
	"strings"
)

// methods are those of package labelstudio that are no operation, and the ones that
// they call.
var methods = map[string]string{
	"Annotations.DeleteSelected":   "Actions.Perform",
	"Annotations.DeleteSelectedBy": "Actions.Perform",
	"Exports.Open":                 "Exports.Export",
	"Exports.Tasks":                "Exports.Export",
	"FileUploads.DeleteAll":        "FileUploads.DeleteSelected",
	"FSM.All":                      "FSM.History",
	"LabelLinks.All":               "LabelLinks.List",
	"Labels.All":                   "Labels.List",
	"Members.All":                  "Members.List",
	"MLBackends.TrainAndWait":      "MLBackends.Train and MLBackends.Get",
	"MLBackends.WaitConnected":     "MLBackends.Get",
	"Predictions.DeleteSelected":   "Actions.Perform",
	"Projects.All":                 "Projects.List",
	"Projects.AllCounts":           "Projects.Counts",
	"Projects.ImportFiles":         "Projects.Import",
	"Projects.ImportMultipart":     "Projects.Import",
	"Projects.ImportReader":        "Projects.Import",
	"Projects.ImportSeq":           "Projects.Import",
	"Projects.ImportTaskFile":      "Projects.Import",
	"Projects.ImportURL":           "Projects.Import",
	"Projects.ValidateConfig":      "Projects.ValidateLabelConfig",
	"Projects.ValidateConfigFor":   "Projects.ValidateLabelConfigFor",
	"Projects.WaitImport":          "Projects.GetImport",
	"Projects.WaitReimport":        "Projects.GetReimport",
	"Snapshots.ConvertAndWait":     "Snapshots.Convert and Snapshots.Get",
	"Snapshots.CreateWhere":        "Views.Create, Snapshots.Create, Snapshots.Get and Views.Delete",
	"Snapshots.ExportFile":         "Snapshots.Create, Snapshots.Get, Snapshots.Download and others",
	"Snapshots.Open":               "Snapshots.Get and Snapshots.Download",
	"Snapshots.SaveFile":           "Snapshots.Get and Snapshots.Download",
	"Snapshots.SaveMedia":          "Snapshots.Get, Snapshots.Download and others",
	"Snapshots.Tasks":              "Snapshots.Get and Snapshots.Download",
	"Snapshots.Wait":               "Snapshots.Get",
	"Tasks.All":                    "Tasks.List",
	"Tasks.AllByProject":           "Tasks.ListByProject",
	"Tasks.DeleteSelected":         "Actions.Perform",
}

// named refuses what is the name of no operation, and tells those that may be meant.
func named(name string) error {
	group, _, _ := strings.Cut(name, ".")
	var siblings []string
	for _, op := range operations {
		if op.name == name {
			return nil
		}
		if strings.EqualFold(op.name, name) {
			return fmt.Errorf("%s is no operation of the contract: it is %s", name, op.name)
		}
		if of, _, _ := strings.Cut(op.name, "."); strings.EqualFold(of, group) || strings.EqualFold(of, group+"s") {
			siblings = append(siblings, op.name)
		}
	}
	if calls, ok := methods[name]; ok {
		return fmt.Errorf("%s is no operation of the contract: it calls %s", name, calls)
	}
	if len(siblings) > 0 {
		return fmt.Errorf("%s is no operation of the contract: there are %s", name, strings.Join(slices.Compact(siblings), ", "))
	}
	return fmt.Errorf("%s is no operation of the contract: what a request asked for is the Operation of those that Server.Requests lists", name)
}
