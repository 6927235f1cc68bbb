package main

import (
	"context"
	"io"

	"github.com/labelstudio-go/labelstudio"
)

func projectCalls() []*call {
	const group = "projects"
	get := read(group, "Get", func(ctx context.Context, w *world, c *labelstudio.Client) (*labelstudio.Project, error) {
		return c.Projects.Get(ctx, w.project)
	})
	create := write(group, "Create", func(_ context.Context, w *world) (*try, error) {
		title := w.name()
		titled := func(ctx context.Context) ([]*labelstudio.ProjectListItem, error) {
			return all(w.direct.Projects.All(ctx, &labelstudio.ProjectsListParams{Title: &title}))
		}
		return &try{
			do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
				return c.Projects.Create(ctx, labelstudio.ProjectRequest{Title: labelstudio.Value(title)})
			},
			effect: func(ctx context.Context) (int, error) {
				made, err := titled(ctx)
				return len(made), err
			},
			end: func(ctx context.Context) error {
				made, err := titled(ctx)
				for _, project := range made {
					if err == nil {
						err = w.direct.Projects.Delete(ctx, project.ID)
					}
				}
				return err
			},
		}, nil
	})
	get.exchanged, create.exchanged = true, true
	remove := &call{group: group, name: "Delete", begin: inProject(0, func(_ context.Context, w *world, project int64, _ string) (*try, error) {
		return &try{
			do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
				return nothing(c.Projects.Delete(ctx, project))
			},
			effect: func(ctx context.Context) (int, error) {
				_, err := w.direct.Projects.Get(ctx, project)
				return gone(err)
			},
		}, nil
	})}
	mine := labelstudio.ProjectsListParams{Title: new("fault reads")}
	return []*call{
		get, create, remove,
		read(group, "List", func(ctx context.Context, _ *world, c *labelstudio.Client) (*labelstudio.ProjectPage, error) {
			return c.Projects.List(ctx, &mine)
		}),
		read(group, "All", func(ctx context.Context, _ *world, c *labelstudio.Client) (any, error) {
			return all(c.Projects.All(ctx, &mine))
		}),
		read(group, "Counts", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Projects.Counts(ctx, &labelstudio.ProjectsCountsParams{IDs: new(itoa(w.project))})
		}),
		read(group, "AllCounts", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return all(c.Projects.AllCounts(ctx, &labelstudio.ProjectsCountsParams{IDs: new(itoa(w.project))}))
		}),
		read(group, "Annotators", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Projects.Annotators(ctx, w.project)
		}),
		read(group, "LabelStreamHistory", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Projects.LabelStreamHistory(ctx, w.project)
		}),
		read(group, "ModelVersions", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Projects.ModelVersions(ctx, w.project, nil)
		}),
		read(group, "Summary", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Projects.Summary(ctx, w.project)
		}),
		read(group, "Templates", func(ctx context.Context, _ *world, c *labelstudio.Client) (any, error) {
			return c.Projects.Templates(ctx)
		}),
		read(group, "ResolveFile", func(ctx context.Context, w *world, c *labelstudio.Client) (io.ReadCloser, error) {
			return c.Projects.ResolveFile(ctx, w.stored, &labelstudio.ProjectsResolveFileParams{FileURI: bucketFile})
		}),
		asks(read(group, "ValidateConfig", func(ctx context.Context, _ *world, c *labelstudio.Client) (any, error) {
			return nothing(c.Projects.ValidateConfig(ctx, config))
		})),
		asks(read(group, "ValidateConfigFor", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Projects.ValidateConfigFor(ctx, w.project, config)
		})),
		asks(read(group, "ValidateLabelConfig", func(ctx context.Context, _ *world, c *labelstudio.Client) (any, error) {
			return nothing(c.Projects.ValidateLabelConfig(ctx, labelstudio.LabelConfigRequest{LabelConfig: config}))
		})),
		asks(read(group, "ValidateLabelConfigFor", func(ctx context.Context, w *world, c *labelstudio.Client) (any, error) {
			return c.Projects.ValidateLabelConfigFor(ctx, w.project, labelstudio.LabelConfigRequest{LabelConfig: config})
		})),
		asks(read(group, "SampleTask", func(ctx context.Context, w *world, c *labelstudio.Client) (bool, error) {
			sample, err := c.Projects.SampleTask(ctx, w.project, labelstudio.SampleTaskRequest{LabelConfig: config})
			return err == nil && len(sample.Sample) > 2, err // its content is made up
		})),
		write(group, "Update", inProject(0, func(_ context.Context, w *world, project int64, name string) (*try, error) {
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					return c.Projects.Update(ctx, project, labelstudio.ProjectUpdateRequest{Title: labelstudio.Value(name + " changed")})
				},
				effect: func(ctx context.Context) (int, error) {
					now, err := w.direct.Projects.Get(ctx, project)
					return once(err == nil && *now.Title == name+" changed", err)
				},
			}, nil
		})),
		write(group, "ResetSummary", func(_ context.Context, w *world) (*try, error) {
			// What it counts anew is the same as before.
			return &try{do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
				return nothing(c.Projects.ResetSummary(ctx, w.scratch))
			}}, nil
		}),
		{group: group, name: "DeleteModelVersion", begin: inProject(2, func(_ context.Context, w *world, project int64, _ string) (*try, error) {
			return &try{
				do: func(ctx context.Context, c *labelstudio.Client) (any, error) {
					return c.Projects.DeleteModelVersion(ctx, project, labelstudio.ModelVersionDeleteRequest{ModelVersion: "v1"})
				},
				effect: func(ctx context.Context) (int, error) {
					versions, err := w.direct.Projects.ModelVersions(ctx, project, nil)
					return once(len(versions) == 0, err)
				},
			}, nil
		})},
	}
}

// asks is a call that changes nothing, but by a POST.
func asks(c *call) *call {
	c.post = true
	return c
}
