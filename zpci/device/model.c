// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * model.c - whether a model is complete, and whether that of a shared object fits this library.
 *
 * A model may be the caller's own. If it lacked an operation, the first guest that touches the
 * device would crash the process. So it is looked at before an adapter is made of it.
 */
#include <errno.h>
#include <string.h>

#include <zpci/model.h>

#include "zpci/device/model.h"
#include "zpci/util/log.h"
#include "zpci/util/options.h"

#define LETTERS_DIGITS "abcdefghijklmnopqrstuvwxyz0123456789"

static bool valid_name(const char *name, const char *characters)
{
	return name && *name && !name[strspn(name, characters)];
}

/* --- its options ------------------------------------------------------------------------------ */

/* What is wrong with an option; NULL: nothing. */
static const char *option_lacks(const struct zpci_option *asked)
{
	struct zpci_option option;

	if (zpci_options_take(&option, sizeof(option), asked,
			      zpci_size_upto(struct zpci_option, allowed), NULL, ""))
		return "an option has another size than struct zpci_option";
	if (!valid_name(option.name, LETTERS_DIGITS "-") ||
	    strlen(option.name) > ZPCI_OPTION_NAME_MAX)
		return "the name of an option is not 1 to 32 lower case letters, digits and '-'";
	if (!option.help)
		return "an option has no help";
	if ((unsigned)option.kind > ZPCI_OPTION_FILE)
		return "an option is of no kind that this library knows";
	if (option.kind == ZPCI_OPTION_WORD && !option.words)
		return "an option has no words";
	if (option.parse && (option.kind != ZPCI_OPTION_TEXT || !option.allowed))
		return "an option with parse is no text, or does not say what is allowed";
	return NULL;
}

static const char *options_lack(const struct zpci_option *const *options)
{
	for (unsigned i = 0; options && options[i]; i++) {
		const char *lack = i < ZPCI_OPTIONS_MAX ? option_lacks(options[i])
							: "it has more than 32 options";

		if (lack)
			return lack;
		for (unsigned j = 0; j < i; j++)
			if (!strcmp(options[j]->name, options[i]->name))
				return "two options have the same name";
	}
	return NULL;
}

/* --- the model -------------------------------------------------------------------------------- */

static bool has_config_space(const struct zpci_model *model)
{
	return model->describe ? !model->config_read && !model->config_write
			       : model->config_read && model->config_write;
}

const char *zpci_model_take(struct zpci_model *model, const struct zpci_model *asked)
{
	if (!asked)
		return "it is unknown";
	if (zpci_options_take(model, sizeof(*model), asked,
			      zpci_size_upto(struct zpci_model, resume), NULL, ""))
		return "its size is too small, or it has members that this library does not know";
	if (!valid_name(model->name, LETTERS_DIGITS))
		return "its name is not of lower case letters and digits";
	if (!model->help)
		return "it has no help";
	if (!has_config_space(model))
		return "it needs describe, or config_read and config_write";
	if (!model->create || !model->destroy || !model->open || !model->close ||
	    !model->bar_read || !model->bar_write || !model->reset || !model->quiesce ||
	    !model->resume)
		return "one of the operations up to resume is missing";
	if (!model->dma_map != !model->dma_unmap)
		return "of dma_map and dma_unmap it has only one";
	return options_lack(model->options);
}

/* --- of a shared object ----------------------------------------------------------------------- */

int zpci_model_check(const struct zpci_model_export *exported, const struct zpci_logger *logger,
		     const struct zpci_model **model)
{
	const struct zpci_logger silent = { 0 };
	struct zpci_model taken;
	const char *lack;

	logger = logger ? logger : &silent;
	if (exported->magic != ZPCI_MODEL_MAGIC) {
		zpci_log(logger, ZPCI_LOG_ERROR,
			 "its zpci_model_export is not that of a device model; define it by "
			 "ZPCI_MODEL_EXPORT");
		return -EINVAL;
	}
	if (exported->version != ZPCI_MODEL_VERSION || exported->reserved) {
		zpci_log(logger, ZPCI_LOG_ERROR,
			 "it was built for version %u of device models, and this zpci has version "
			 "%u; build it with the headers of this zpci",
			 exported->version, ZPCI_MODEL_VERSION);
		return -EINVAL;
	}
	lack = zpci_model_take(&taken, exported->model);
	/* Programs read the options that are behind @exported, not those of a copy. */
	if (!lack && exported->model->size < zpci_size_upto(struct zpci_model, describe))
		lack = "its size is too small";
	if (lack) {
		zpci_log(logger, ZPCI_LOG_ERROR,
			 "its model is incomplete: %s; zpci_device.h(3) says what a model needs",
			 lack);
		return -EINVAL;
	}
	*model = exported->model;
	return 0;
}
