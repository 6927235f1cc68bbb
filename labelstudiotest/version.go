package labelstudiotest

import "strings"

// version needs no login, and looks at none.
func version(*Server, *call) (*answer, error) {
	const v = Version
	short := v[:strings.LastIndexByte(v, '.')]
	part := func(version string) object {
		return object{{"message", ""}, {"commit", "000000"}, {"date", "2026-01-01T00:00:00.000Z"}, {"branch", version}}
	}
	return asJSON(200, object{
		{"release", v},
		{"label-studio-os-package", object{
			{"version", v}, {"short_version", short}, {"latest_version_from_pypi", nil}, {"latest_version_upload_time", nil},
			{"current_version_is_outdated", false},
		}},
		{"label-studio-os-backend", object{
			{"message", ""}, {"commit", strings.Repeat("0", 40)}, {"date", "2026/01/01 00:00:00"}, {"branch", ""}, {"version", v},
		}},
		{"label-studio-frontend", part("develop")}, {"dm2", part("develop")},
		{"label-studio-converter", object{{"version", "2.1.2"}}}, {"edition", "Community"}, {"lsf", part("develop")},
		{"backend", object{{"commit", "000000"}}},
	}), nil
}
