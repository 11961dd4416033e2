/* SPDX-License-Identifier: MIT */
/*
 * What things cost in counted time: the models of the architecture's parts, and
 * what the user's profile file changes of them.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/costs-file.h"
#include "base/refuse.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

#define MAX_MODELS 64

static struct cost_profile profile;

const struct cost_model *kernel_cost_model(unsigned int n)
{
	return kernel_arch()->cost_model ? kernel_arch()->cost_model(n) : NULL;
}

int kernel_costs_load(const char *path)
{
	const struct cost_model *models[MAX_MODELS];
	struct cost_profile new = {0};
	unsigned int n = 0;
	int err = 0;

	if (kernel_arch()->check_models)
		err = kernel_arch()->check_models(kernel_clock());
	if (err)
		return err;
	while (n < MAX_MODELS && (models[n] = kernel_cost_model(n)))
		n++;
	if (path)
		err = costs_file_read(path, models, n, &new);
	if (err)
		return err;
	cost_profile_free(&profile);
	profile = new;
	return 0;
}

const struct cost_profile *kernel_cost_profile(void)
{
	return &profile;
}
