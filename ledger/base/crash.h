/*
 * Places where a test ends a program as a power failure would: by SIGKILL, with nothing flushed,
 * told or cleaned up.
 *
 *     DAYBOOK_CRASH_AT=ingest_row_copied:3     dies at the third passing; without a number, the
 * first
 *
 * Only in builds with DAYBOOK_CRASH_POINTS (debug, asan, tsan, and the programs that
 * tests/scenarios/crash_points.t runs); in a release a point is nothing, and the environment is not
 * read. Every point has one place in the code, and a row in that scenario.
 */
#ifndef BASE_CRASH_H
#define BASE_CRASH_H

#define CRASH_POINTS(X)                                                                            \
    X(file_temporary_written)                                                                      \
    X(file_renamed)                                                                                \
    X(ingest_chain_begun)                                                                          \
    X(ingest_chain_committed)                                                                      \
    X(ingest_planned)                                                                              \
    X(ingest_locked)                                                                               \
    X(ingest_hours_loaded)                                                                         \
    X(ingest_decided)                                                                              \
    X(ingest_day_made)                                                                             \
    X(ingest_signed)                                                                               \
    X(ingest_blocks_written)                                                                       \
    X(entry_row_copied)                                                                            \
    X(ingest_appended)                                                                             \
    X(release_disposed)                                                                            \
    X(replace_corrected)                                                                           \
    X(replace_alone)                                                                               \
    X(ingest_committed)                                                                            \
    X(ingest_merged)                                                                               \
    X(ingest_published)                                                                            \
    X(ingest_offsets_unnoted)                                                                      \
    X(ingest_offsets_noted)                                                                        \
    X(recover_chain_begun)                                                                         \
    X(recover_batch_appended)                                                                      \
    X(recover_batch_committed)                                                                     \
    X(recover_entry_appended)                                                                      \
    X(recover_entry_committed)                                                                     \
    X(init_entries_appended)                                                                       \
    X(init_committed)                                                                              \
    X(control_appended)                                                                            \
    X(control_committed)                                                                           \
    X(seal_tile_inserted)                                                                          \
    X(seal_grown)                                                                                  \
    X(archive_file_written)                                                                        \
    X(archive_file_renamed)                                                                        \
    X(seal_archived)                                                                               \
    X(seal_remembered)                                                                             \
    X(seal_note_inserted)                                                                          \
    X(seal_signed)                                                                                 \
    X(seal_published)                                                                              \
    X(invoices_number_taken)                                                                       \
    X(invoices_written)                                                                            \
    X(invoices_committed)

#define CRASH_POINT_ENUM(name) CRASH_POINT_##name,
enum crash_point { CRASH_POINTS(CRASH_POINT_ENUM) CRASH_POINT_COUNT };

#ifdef DAYBOOK_CRASH_POINTS
void crash_at(enum crash_point point);
#define CRASH_AT(name) crash_at(CRASH_POINT_##name)
#else
#define CRASH_AT(name) ((void)CRASH_POINT_##name)
#endif

#endif
