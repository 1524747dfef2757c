// Bring a facet into sight: on a small screen it may be above or below what is seen.
Bokeh.index.find_one(cb_obj)?.el.scrollIntoView({block: "nearest", behavior: "smooth"})
