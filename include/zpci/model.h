/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/model.h - a device model in a shared object of its own.
 *
 * A program that takes models from files, as the command zpci, the plugin for QEMU and the
 * interposer for KVM do, loads the file and looks for one symbol, zpci_model_export. Behind that is
 * the same struct zpci_model that a built-in model has:
 *
 *	static const struct zpci_model model = { .size = sizeof(model), .name = "mine", ... };
 *
 *	ZPCI_MODEL_EXPORT(model)
 *
 * The object refers to no symbol of the library and is not linked with it. What a model calls, it
 * gets by pointers: its services and loggers (<zpci/device.h>). So there is one library in the
 * process, that of the program, and the object works with every program of its version.
 *
 * Once loaded, the object stays until the process ends. So its threads, and destructors of its
 * variables of threads, can run until then. A constructor must not fail, wait, or start threads:
 * what can fail belongs into create() of the model, which can say why, and an object that is
 * refused goes at once.
 */
#ifndef ZPCI_MODEL_H
#define ZPCI_MODEL_H

#include <stdint.h>

#include <zpci/device.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

#define ZPCI_MODEL_MAGIC 0x7a7063696d6f646cull /* "zpcimodl" */
/* Of all that this header, <zpci/device.h> and <zpci/option.h> say. It changes when they change in
 * a way that the sizes in their structures do not tell. */
#define ZPCI_MODEL_VERSION 1

/* What a shared object exports. Its first 16 bytes are the same in every version. */
struct zpci_model_export {
	uint64_t magic;	   /* ZPCI_MODEL_MAGIC, in the byte order of the machine */
	uint32_t version;  /* ZPCI_MODEL_VERSION as the model was compiled */
	uint32_t reserved; /* 0 */
	const struct zpci_model *model;
};

/* Defines it. @name is a variable or constant of type struct zpci_model. */
#define ZPCI_MODEL_EXPORT(name)                                                                    \
	const struct zpci_model_export zpci_model_export = { ZPCI_MODEL_MAGIC, ZPCI_MODEL_VERSION, \
							     0, &(name) };

/* The object defines it, and the library does not: a program asks dlsym() for it. */
extern const struct zpci_model_export zpci_model_export;

/*
 * zpci_model_check - can this library use what an object exports?
 * @exported: what dlsym() found; at least sizeof(struct zpci_model_export) bytes are there
 * @logger:   is told in one sentence why not; NULL: nobody
 * @model:    the result, for zpci_adapter_create()
 * Returns 0, or -EINVAL: another version, or a model or an option that is incomplete.
 * Any thread; calls nothing of the model.
 */
int zpci_model_check(const struct zpci_model_export *exported, const struct zpci_logger *logger,
		     const struct zpci_model **model);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
