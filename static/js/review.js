// The review page: each behaviour is a module; they meet in the DOM and in the events named here.
//   review:chosen   a field or a block was chosen (review-selection.js)
//   review:drawn    a page's drawing arrived (review-pages.js)
//   review:saved    the answer to a save was put into the page (review-save.js)
import "./review-pages.js";
import "./review-reading.js";
import "./review-view.js";
import "./review-selection.js";
import "./review-save.js";
import "./review-fields.js";
import "./review-table.js";
import "./review-fill.js";
import "./review-grab.js";
import "./review-panels.js";
import "./review-keys.js";
import "./review-lock.js";
