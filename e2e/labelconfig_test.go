package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/labelstudio-go/labelstudio"
	"github.com/labelstudio-go/labelstudio/e2e/server"
	"github.com/labelstudio-go/labelstudio/labelconfig"
)

// The verdict without a server is that of the server: on its templates, on what
// else its package has that looks like a label config, on variants of the
// templates, and on oddities of XML.
func TestLabelConfigVerdicts(t *testing.T) {
	t.Parallel()
	templates := templates(t)
	groups := map[string][]string{
		"templates": slices.Collect(maps.Values(templates)),
		"found":     foundConfigs(t),
		"oddities":  oddities(t),
	}
	// Each kind of variant is made of every sixth template that it changes.
	for i, name := range slices.Sorted(maps.Keys(variants)) {
		changed := i
		for _, template := range slices.Sorted(maps.Keys(templates)) {
			config := templates[template]
			varied := variants[name](config)
			if varied == config {
				continue
			}
			if changed++; changed%6 == 0 {
				groups[name] = append(groups[name], varied)
			}
		}
		if len(groups[name]) == 0 {
			t.Errorf("no template has a variant %s", name)
		}
	}
	if len(groups["templates"]) < 60 || len(groups["oddities"]) < 350 {
		t.Fatalf("got %d templates, %d oddities", len(groups["templates"]), len(groups["oddities"]))
	}

	client := unrecorded(t, withoutLegacy.URL) // which has less to do
	total, broken, disagreements, refused := 0, 0, 0, map[labelconfig.Kind]int{}
	start := time.Now()
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		configs := groups[name]
		refusedHere := 0
		for i, theirs := range serverVerdicts(t, client, configs) {
			ours := labelconfig.Validate(configs[i])
			var problem *labelconfig.Error
			if errors.As(ours, &problem) {
				refused[problem.Kind]++
				refusedHere++
			}
			if variants[name] != nil && problem != nil && theirs != nil {
				broken++
			}
			crash := problem != nil && problem.Kind == labelconfig.KindCrash
			if (ours == nil) != (theirs == nil) || crash != errors.Is(theirs, labelstudio.ErrServer) {
				t.Errorf("%s: %q:\nthe server says %v,\nwe say %v", name, configs[i], theirs, ours)
				disagreements++
			}
		}
		t.Logf("%-40s %4d configs, %4d refused", name, len(configs), refusedHere)
		total += len(configs)
	}
	t.Logf("%d templates, %d configs in all, %d broken variants, refused by both: %v, %d disagreements, %s",
		len(templates), total, broken, refused, disagreements, time.Since(start).Round(time.Second))
	if broken < 50 {
		t.Errorf("%d broken variants were refused by both, want 50 or more", broken)
	}
	for _, kind := range []labelconfig.Kind{labelconfig.KindSyntax, labelconfig.KindTag, labelconfig.KindName,
		labelconfig.KindToName, labelconfig.KindAttribute, labelconfig.KindCrash} {
		if refused[kind] == 0 {
			t.Errorf("nothing was refused for %s", kind)
		}
	}
}

// serverVerdicts asks the server about each config.
func serverVerdicts(t *testing.T, client *labelstudio.Client, configs []string) []error {
	t.Helper()
	answers := make([]error, len(configs))
	var asking sync.WaitGroup
	const workers = 4
	for worker := range workers {
		asking.Go(func() {
			for i := worker; i < len(configs); i += workers {
				answers[i] = client.Projects.ValidateConfig(t.Context(), configs[i])
			}
		})
	}
	asking.Wait()
	for _, answer := range answers {
		if answer != nil && !errors.Is(answer, labelstudio.ErrValidation) && !errors.Is(answer, labelstudio.ErrServer) {
			t.Fatal(answer)
		}
	}
	return answers
}

// packageDir is where the server's own files are.
func packageDir(t *testing.T) string {
	t.Helper()
	needsReal(t, "templates")
	env, err := server.Install(t.Context(), server.InstallOptions{})
	ok(t, err)
	found, err := filepath.Glob(filepath.Join(env.Dir, "venv", "lib", "python*", "site-packages", "label_studio"))
	ok(t, err)
	if len(found) != 1 {
		t.Fatalf("the package of the server is at %v, want one place", found)
	}
	return found[0]
}

// templates are the label configs that the server offers for new projects, by
// the path of their file.
func templates(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	dir := filepath.Join(packageDir(t), "annotation_templates")
	eachFile(t, dir, func(path string, content []byte) {
		if !slices.Contains([]string{".yml", ".yaml"}, filepath.Ext(path)) {
			return
		}
		var template struct{ Config string }
		ok(t, yaml.Unmarshal(content, &template))
		if template.Config != "" {
			all[path] = template.Config
		}
	})
	return all
}

var anyView = regexp.MustCompile(`(?s)<View.*?</View>`)

// foundConfigs are what looks like a label config in the other files of the
// package, some of it cut or with what is filled in later.
func foundConfigs(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	dir := packageDir(t)
	eachFile(t, dir, func(path string, content []byte) {
		if slices.Contains([]string{".py", ".yml", ".yaml", ".json", ".html", ".md"}, filepath.Ext(path)) &&
			!strings.Contains(path, "annotation_templates") {
			for _, config := range anyView.FindAll(content, -1) {
				found[string(config)] = true
			}
		}
	})
	return slices.Sorted(maps.Keys(found))
}

func eachFile(t *testing.T, dir string, f func(path string, content []byte)) {
	t.Helper()
	ok(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		f(path, content)
		return err
	}))
}

// oddities are the configs whose verdicts the unit tests have on record.
func oddities(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile("../labelconfig/testdata/verdicts.txt")
	ok(t, err)
	var configs []string
	for line := range strings.Lines(string(content)) {
		var config string
		_, err := fmt.Sscanf(line, "%s %q", new(string), &config)
		ok(t, err)
		configs = append(configs, config)
	}
	return configs
}

// The templates are free of warnings, and every tag that the editor registers is
// known.
func TestLabelConfigLint(t *testing.T) {
	t.Parallel()
	for path, config := range templates(t) {
		warnings, err := labelconfig.Lint(config)
		ok(t, err)
		if len(warnings) > 0 {
			t.Errorf("%s: %v", path, warnings)
		}
	}
	tags := 0
	registered := regexp.MustCompile(`addTag\("(\w+)"`)
	dir := filepath.Join(filepath.Dir(packageDir(t)), "web", "dist", "apps", "labelstudio")
	eachFile(t, dir, func(path string, content []byte) {
		if filepath.Ext(path) != ".js" {
			return
		}
		for _, match := range registered.FindAllSubmatch(content, -1) {
			tag := string(match[1])
			if strings.HasSuffix(tag, "region") {
				continue // the editor makes these itself
			}
			tags++
			if warnings, err := labelconfig.Lint("<" + tag + " value='x'/>"); err != nil || len(warnings) > 0 {
				t.Errorf("%s: %v, %v", tag, warnings, err)
			}
		}
	})
	if tags < 50 {
		t.Errorf("the editor registers %d tags", tags)
	}
}

// What is parsed of the templates is what the server parses of them.
func TestLabelConfigParse(t *testing.T) {
	t.Parallel()
	client := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	controls := 0
	configs := templates(t)
	configs["nested"] = `<View><Text name="t" value="$$t"/><Image name="i" valueList="$l"/><Filter name="f" toName="t"/>
		<Choices name="c" toName="t,i,c"><Choice value="a" alias="b"><Choice value="c"/></Choice><Choice value="b" x="y"/>
		<View><Label value="l"/><Choice value=""/><Choice value="" valueList="v"/></View></Choices>
		<Taxonomy name="x" toName="i" apiUrl="u"><Choice name="d" toName="t" value="e"><Choice value="f"/></Choice>
		</Taxonomy><Labels name="m" toName="t"><Label name="n" value="o"/></Labels></View>`
	for path, config := range configs {
		parsed, err := labelconfig.Parse(config)
		ok(t, err)
		project := createProject(t, client, labelstudio.ProjectRequest{LabelConfig: &config})
		var theirs struct {
			Controls map[string]parsedControl `json:"parsed_label_config"`
		}
		ok(t, client.Do(t.Context(), http.MethodGet, fmt.Sprintf("/api/projects/%d/", project.ID), nil, nil, &theirs))
		ours := map[string]parsedControl{}
		for _, control := range parsed.Controls {
			ours[control.Name] = asParsed(parsed, control)
		}
		if !reflect.DeepEqual(ours, theirs.Controls) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", filepath.Base(path), ours, theirs.Controls)
		}
		controls += len(ours)
	}
	t.Logf("%d controls", controls)
}

// parsedControl is a control as the server says it in a project.
type parsedControl struct {
	Type        string                       `json:"type"`
	ToName      []string                     `json:"to_name"`
	Labels      []string                     `json:"labels"`
	Inputs      []parsedObject               `json:"inputs"`
	LabelsAttrs map[string]map[string]string `json:"labels_attrs"`
}

type parsedObject struct {
	Type      string  `json:"type"`
	Value     *string `json:"value"`
	ValueList *string `json:"valueList"`
	ValueType *string `json:"valueType"`
}

func asParsed(config *labelconfig.Config, control labelconfig.Control) parsedControl {
	parsed := parsedControl{Type: control.Tag, ToName: control.ToName, Labels: []string{},
		Inputs: []parsedObject{}, LabelsAttrs: map[string]map[string]string{}}
	for _, label := range control.Labels {
		parsed.Labels = append(parsed.Labels, label.Value)
		parsed.LabelsAttrs[label.Value] = label.Attrs
	}
	for _, name := range control.ToName {
		if object, ok := config.Object(name); ok {
			input := parsedObject{Type: object.Tag}
			if value, ok := object.Attrs["value"]; ok {
				input.Value = new(strings.TrimLeft(value, "$"))
			} else {
				input.ValueList = new(strings.TrimLeft(object.Value, "$"))
			}
			if valueType, ok := object.Attrs["valueType"]; ok {
				input.ValueType = &valueType
			}
			parsed.Inputs = append(parsed.Inputs, input)
		}
	}
	return parsed
}

// What CheckTask says of a task is what an import does with it.
func TestLabelConfigTasks(t *testing.T) {
	t.Parallel()
	client := unrecorded(t, withLegacy.URL, labelstudio.WithToken(server.LegacyToken))
	tasks, lists := rawInputs(taskData), rawInputs([]string{`[]`, `["a"]`})
	imported, refused := 0, 0
	for _, config := range taskConfigs() {
		parsed, err := labelconfig.Parse(config)
		ok(t, err)
		project := createProject(t, client, labelstudio.ProjectRequest{LabelConfig: &config})
		theirs := importVerdicts(t, client, project.ID, tasks)
		for i := range lists { // the server fails at them, and at what comes with them
			theirs = append(theirs, importVerdicts(t, client, project.ID, lists[i:i+1])...)
		}
		for i, task := range slices.Concat(tasks, lists) {
			ours := parsed.CheckTask(task.Data)
			if (ours == nil) != (theirs[i] == "") {
				t.Errorf("%s\n%s: the server says %q,\nwe say %v", config, task.Data, theirs[i], ours)
			}
			if ours == nil {
				imported++
			} else {
				refused++
			}
		}
	}
	t.Logf("%d configs, %d tasks imported, %d refused", len(taskConfigs()), imported, refused)
	if imported == 0 || refused == 0 {
		t.Error("want some of both")
	}
}

func rawInputs(data []string) []labelstudio.TaskInput {
	var tasks []labelstudio.TaskInput
	for _, data := range data {
		tasks = append(tasks, labelstudio.TaskInput{Data: json.RawMessage(data)})
	}
	return tasks
}

// importVerdicts returns why the server refuses each of the tasks. It says so of
// all at once, unless it fails at one.
func importVerdicts(t *testing.T, client *labelstudio.Client, project int64, tasks []labelstudio.TaskInput) []string {
	t.Helper()
	verdicts := make([]string, len(tasks))
	_, err := client.Projects.Import(t.Context(), project, tasks, labelstudio.ImportOptions{})
	var refused *labelstudio.ImportError
	switch {
	case errors.As(err, &refused):
		for _, item := range refused.Items {
			verdicts[item.Index] = item.Reason
		}
	case errors.Is(err, labelstudio.ErrServer) && len(tasks) > 1:
		for i := range tasks {
			verdicts[i] = importVerdicts(t, client, project, tasks[i:i+1])[0]
		}
	case errors.Is(err, labelstudio.ErrServer):
		verdicts[0] = err.Error()
	default:
		ok(t, err)
	}
	return verdicts
}

var taskData = []string{
	`{"a": "x"}`, `{"a": 1}`, `{"a": 1.5}`, `{"a": true}`, `{"a": null}`, `{"a": []}`, `{"a": ["x"]}`, `{"a": {}}`,
	`{"a": [{"url": "x"}]}`, `{"a": {"b": "x"}}`, `{"a": {"b": 5}}`, `{"a": {"b": ["x"]}}`, `{"a": {"b": {"c": "x"}}}`,
	`{"a": {"b": null}}`, `{}`, `{"b": "x"}`, `{"a.b": "x"}`, `{"$a": "x"}`, `{"A": "x"}`, `{"a": "x", "b": "x"}`,
	`{"a": 1, "a": "x"}`, `{"a": "x", "a": {}}`, `{"$undefined$": "x"}`, `{"$undefined$": {"b": "x"}}`,
	`{"a": {}, "$undefined$": "x"}`,
}

// taskConfigs read the key a of a task, or something near to it.
func taskConfigs() []string {
	configs := []string{
		`<View/>`,
		`<View><Header value="$a"/></View>`,
		`<View><Header name="h" value="$a"/></View>`,
		`<View><Header name="h" value="about $a and $b"/></View>`,
		`<View><Header name="h" value="about $ a"/></View>`,
		`<View><Header name="h" value="$a and $b"/></View>`,
		`<View><Image name="i" valueList="$a"/></View>`,
		`<View><Text name="t" value="$a.b"/></View>`,
		`<View><Text name="t" value="$a.b.c"/></View>`,
		`<View><Text name="t" value="$a"/><Text name="u" value="$a.b"/></View>`,
		`<View><Repeater on="$a" indexFlag="{{i}}"><Image name="i{{i}}" value="$a[{{i}}].url"/></Repeater></View>`,
		`<View><Image name="i" value="$a.b[0]"/></View>`,
		`<View><Video name="v" value="$a"/><Text name="t" value="$a"/></View>`,
		`<View><Text name="t" value="$a"/><Image name="i" value="$a"/></View>`,
		`<View><Image name="i" value="$a"/><Text name="t" value="$a"/></View>`,
		`<View><Text name="t" value="a"/></View>`,
		`<View><Text name="t" value="$"/></View>`,
		`<View><Text name="t" value="$$a"/></View>`,
		`<View><Text name="t" value="$b"/></View>`,
		`<Text name="t" value="$a"/>`,
		`<View><Text name="t" value="x"/><Choices name="c" toName="t" value="$a"/></View>`,
		`<View><Text name="t" value="x"/><Labels name="l" toName="t"><Label value="$a"/></Labels></View>`,
		`<View><Text name="t" value="x"/><TextArea name="l" toName="t" value="$a"/></View>`,
	}
	for _, tag := range []string{"Text", "HyperText", "Image", "Audio", "Paragraphs", "Chat", "Table", "TimeSeries", "List",
		"Ranker", "Pdf", "Taxonomy", "PolygonLabels", "text"} {
		configs = append(configs, fmt.Sprintf(`<View><%s name="x" value="$a"/></View>`, tag))
	}
	return configs
}
