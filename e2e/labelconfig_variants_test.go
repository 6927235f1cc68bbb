package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// variants make another config of one; most are broken, not all. One that
// returns what it was given has nothing to change in it.
var variants = map[string]func(config string) string{
	"without the first name":   dropFirst(` name="[^"]*"`),
	"without the last name":    dropLast(` name="[^"]*"`),
	"without the first toName": dropFirst(` toName="[^"]*"`),
	"without the last toName":  dropLast(` toName="[^"]*"`),
	"without the first value":  dropFirst(` value="[^"]*"`),
	"without the last value":   dropLast(` value="[^"]*"`),
	"without values":           dropAll(` value="[^"]*"`),
	"without the objects":      dropAll(`<(Text|Image|HyperText|Audio|Video|Paragraphs|TimeSeries|Table)\b[^>]*>`),
	"without a Label":          dropAll(`<Label\b[^>]*>|</Label>`),
	"without a Choice":         dropAll(`(?s)<Choice\b[^>]*>|</Choice>`),
	"without the first tag":    dropFirst(`(?s)<[A-Z][^>]*>`),
	"without the last tag":     dropLast(`(?s)<[^>]*>`),
	"one name for all":         replaceAll(` name="[^"]*"`, ` name="same"`),
	"one name for all and one toName": func(config string) string {
		return replaceAll(` toName="[^"]*"`, ` toName="same"`)(replaceAll(` name="[^"]*"`, ` name="same"`)(config))
	},
	"toName of nothing":         replaceFirst(` toName="[^"]*"`, ` toName="nothing"`),
	"empty toName":              replaceFirst(` toName="[^"]*"`, ` toName=""`),
	"toName of several":         replaceFirst(` toName="([^"]*)"`, ` toName="$1,$1"`),
	"toName with a space":       replaceFirst(` toName="([^"]*)"`, ` toName="$1, $1"`),
	"toName in single quotes":   replaceAll(` toName="([^"]*)"`, ` toName='$1'`),
	"toname":                    replaceFirst(` toName=`, ` toname=`),
	"names that are numbers":    numbered,
	"names that are booleans":   replaceFirst(` name="[^"]*"`, ` name="true"`),
	"names with a line break":   replaceFirst(` name="([^"]*)"`, " name=\"$1\n\""),
	"spaces around =":           replaceAll(`="`, ` = "`),
	"value and valueList":       replaceFirst(` value="\$([^"]*)"`, ` value="$$$1" valueList="$$$1"`),
	"valueList":                 replaceFirst(` value="\$`, ` valueList="$$`),
	"labels of the task":        replaceFirst(`<(Choices|Labels) `, `<$1 value="$$labels" `),
	"other quotes":              replaceAll(`"`, `'`),
	"a number in the first tag": replaceFirst(`(?s)(<[A-Z]\w*\b[^>/]*>)`, `${1}5`),
	"a number in a Choice":      replaceFirst(`<Choice ([^>]*)/>`, `<Choice $1>5</Choice>`),
	"a name in a Style":         replaceFirst(`</View>`, `<Style>input[name="text"] {}</Style></View>`),
	"a toName in a text":        replaceFirst(`</View>`, `toName="elsewhere"</View>`),
	"a cut end":                 func(config string) string { return config[:len(config)*2/3] },
	"two roots":                 func(config string) string { return config + config },
	"text behind":               func(config string) string { return config + "text" },
	"another root":              func(config string) string { return "<Root>" + config + "</Root>" },
	"a View around":             func(config string) string { return "<View>" + config + "</View>" },
	"Labels around":             func(config string) string { return wrapIn(config, "Labels") },
	"Choices around":            func(config string) string { return wrapIn(config, "Choices") },
	"many Views around": func(config string) string {
		return strings.Repeat("<View>", 120) + config + strings.Repeat("</View>", 120)
	},
	"too many tags around": func(config string) string {
		return strings.Repeat("<a>", 256) + config + strings.Repeat("</a>", 256)
	},
	"a doctype":                   func(config string) string { return `<!DOCTYPE View>` + config },
	"an entity":                   func(config string) string { return `<!DOCTYPE View [<!ENTITY a "b">]>` + config },
	"a declaration":               func(config string) string { return ` <?xml version="1.0"?>` + config },
	"a declaration of UTF-8":      func(config string) string { return `<?xml version="1.0" encoding="UTF-8"?>` + config },
	"a declaration behind":        func(config string) string { return config + `<?xml version="1.0"?>` },
	"a processing instruction":    replaceFirst(`</View>`, `<?go run?></View>`),
	"an instruction with a name":  replaceFirst(`</View>`, `<?go name="text"?></View>`),
	"an unknown entity":           replaceFirst(`value="`, `value="&nbsp;`),
	"a bare &":                    replaceFirst(`value="`, `value="& `),
	"a bare <":                    replaceFirst(`value="`, `value="<`),
	"a control character":         replaceFirst(`value="`, "value=\"\x01"),
	"an attribute twice":          replaceFirst(` name="([^"]*)"`, ` name="$1" name="$1"`),
	"an attribute without quotes": replaceFirst(` name="([^"]*)"`, ` name=$1`),
	"no space between attributes": replaceFirst(`" (\w+)="`, `"$1="`),
	"a comment with --":           replaceFirst(`</View>`, `<!-- a -- b --></View>`),
	"a comment":                   replaceFirst(`</View>`, `<!-- name="text" --></View>`),
	"a section of CDATA":          replaceFirst(`</View>`, `<![CDATA[ <b> ]]></View>`),
	"an unknown prefix":           replaceFirst(`<(\w+) `, `<x:$1 `),
	"a namespace":                 replaceFirst(`<View`, `<View xmlns="urn:x"`),
	"a speed":                     replaceAll(`<(Video|Image|Audio|Text) `, `<Video minPlaybackSpeed="20" `),
	"two speeds": replaceAll(`<(Video|Image|Audio|Text) `,
		`<Video minPlaybackSpeed="2" defaultPlaybackSpeed="1" `),
	"lower case":            strings.ToLower,
	"TextArea for Choices":  replaceAll(`\bChoices\b`, `TextArea`),
	"Labels for all Labels": replaceAll(`\b\w+Labels\b`, `Labels`),
	"Choices for all Labels": func(config string) string {
		return replaceAll(`\bLabel\b`, `Choice`)(replaceAll(`\b\w*Labels\b`, `Choices`)(config))
	},
	"a single Choice": func(config string) string {
		return replaceAll(`(?s)(<Choice\b[^>]*/>)(\s*<Choice\b[^>]*/>)+`, `$1`)(config)
	},
	"a single Choice, and Choices without": func(config string) string {
		config = replaceAll(`(?s)(<Choice\b[^>]*/>)(\s*<Choice\b[^>]*/>)+`, `$1`)(config)
		return replaceFirst(`<Choices `, `<Choices name="more" toName="more" value="$$more"/><Choices `)(config)
	},
}

func replaceAll(pattern, with string) func(string) string {
	re := regexp.MustCompile(pattern)
	return func(config string) string { return re.ReplaceAllString(config, with) }
}

func replaceFirst(pattern, with string) func(string) string {
	re := regexp.MustCompile(pattern)
	return func(config string) string {
		at := re.FindStringIndex(config)
		if at == nil {
			return config
		}
		return config[:at[0]] + re.ReplaceAllString(config[at[0]:at[1]], with) + config[at[1]:]
	}
}

func dropAll(pattern string) func(string) string   { return replaceAll(pattern, "") }
func dropFirst(pattern string) func(string) string { return replaceFirst(pattern, "") }

func dropLast(pattern string) func(string) string {
	re := regexp.MustCompile(pattern)
	return func(config string) string {
		all := re.FindAllStringIndex(config, -1)
		if len(all) == 0 {
			return config
		}
		at := all[len(all)-1]
		return config[:at[0]] + config[at[1]:]
	}
}

var quotedName = regexp.MustCompile(` (?:name|toName)="([^"]*)"`)

// numbered replaces all names by numbers, so that toName still fits.
func numbered(config string) string {
	var names []string
	return quotedName.ReplaceAllStringFunc(config, func(attribute string) string {
		start, name, _ := strings.Cut(strings.TrimSuffix(attribute, `"`), `"`)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		return fmt.Sprintf(`%s"%d"`, start, slices.Index(names, name))
	})
}

func wrapIn(config, tag string) string {
	return fmt.Sprintf(`<View><%s name="around" toName="around">%s</%s></View>`, tag, config, tag)
}
